/**
 * @module
 * A property that names something: the gateway replaces `$(…)` in it first, and takes what comes out as the name.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import { constantText } from './constants.ts';
import type { Reading } from './reading.ts';
import type { Properties, TextProperty } from './schema.ts';

/**
 * The text of a property, with its `$(…)` replaced; undefined where the policy leaves it out, or its value depends on the
 * request, which is reported.
 */
export function readName(reading: Reading, properties: Properties, property: TextProperty): SourceText | undefined {
  const given = properties[property];
  if (given === undefined) return undefined;
  const source = reading.textAt(property);
  if (!given.includes('$(')) return source.text === given ? source : source.embed(given, atOnePlace(given));
  const text = constantText(reading, source, reading.before);
  if (text === undefined) {
    reading.report('datapower.dynamic-property', source, {
      message: `\`${property}\` must be known when the policy loads, and this depends on the request or on something unknown.`,
      suggestion:
        'Write the value itself, or set the variable to a constant: in the file, or under `variables` in mintproc.yaml.',
    });
    return undefined;
  }
  return text === '' ? undefined : source.embed(text, atOnePlace(text));
}

/** All characters of a text that is not in the file stand where its property stands. */
function atOnePlace(text: string): readonly number[] {
  return new Array<number>(text.length + 1).fill(0);
}

/** A part of a comma list, without the blanks around it. */
export function listed(source: SourceText): readonly SourceText[] {
  const parts: SourceText[] = [];
  let at = 0;
  for (const part of source.text.split(',')) {
    const start = at + part.length - part.trimStart().length;
    const name = part.trim();
    if (name !== '') parts.push(source.slice(start, start + name.length));
    at += part.length + 1;
  }
  return parts;
}
