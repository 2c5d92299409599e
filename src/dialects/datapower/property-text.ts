/**
 * @module
 * Properties that hold a name. The gateway first replaces each `$(…)` in them; the result is the name.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import { constantText, constantVariable } from './constants.ts';
import { parseInline } from './inline.ts';
import { because, whyNotText } from './not-constant.ts';
import type { PolicyReader } from './policy-reader.ts';
import type { Properties, TextProperty } from './schema.ts';

/**
 * The text of a property with its `$(…)` replaced; undefined if the policy does not have it, or if its value depends on
 * the request, which is reported.
 */
export function readName(reader: PolicyReader, properties: Properties, property: TextProperty): SourceText | undefined {
  const given = properties[property];
  if (given === undefined) return undefined;
  const source = reader.textAt(property);
  if (!given.includes('$(')) return source.text === given ? source : source.embed(given, atOnePlace(given));
  const text = constantText(reader, source, reader.before);
  if (text === undefined) {
    noteLacks(reader, source);
    const why = whyNotText(reader, { text: source, before: reader.before }, 0);
    reader.report('datapower.dynamic-property', source, {
      message: `\`${property}\` must be known when the policy loads, but ${because(why)}.`,
      suggestion:
        'Write the value itself, or set the variable to a constant, in the file or under `variables` in mintproc.yaml.',
    });
    return undefined;
  }
  return text === '' ? undefined : source.embed(text, atOnePlace(text));
}

/** Notes the variables of a property whose values are not known when the policy loads. */
function noteLacks(reader: PolicyReader, source: SourceText): void {
  const inline = parseInline(source);
  for (const piece of inline.ok ? inline.pieces : []) {
    if (piece.kind === 'text' || constantVariable(reader, piece.name.text) !== undefined) continue;
    reader.noteLack(piece.name, true);
  }
}

/** A text that is not in the file: all its characters have the place of its property. */
function atOnePlace(text: string): readonly number[] {
  return new Array<number>(text.length + 1).fill(0);
}

/** The parts of a comma-separated list, trimmed. */
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
