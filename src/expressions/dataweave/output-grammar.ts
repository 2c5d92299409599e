/**
 * @module
 * `output`: the result becomes a claim, so no format but JSON makes sense, and of what it is told only what changes the
 * value counts.
 */
import type { Grammar } from './reader.ts';
import type { OutputOptions } from './syntax.ts';
import { readType } from './type-grammar.ts';

const json = /(?:(?:application|text)\/(?:[\w.-]+\+)?json|json|application\/java|java|application\/dw|dw)\b/y;

/** Options that change how the text is laid out or made, and not the value. */
const layout: ReadonlySet<string> = new Set(['indent', 'encoding', 'bufferSize', 'deferred']);

/** Output :: `output` ( `:` Type )? Format ( Name `=` Value `,`? )* */
export function readOutput(grammar: Grammar): OutputOptions {
  const { reader } = grammar;
  if (reader.symbol(':')) readType(grammar);
  reader.space();
  const at = reader.at;
  if (reader.take(json) === undefined) {
    const message = 'A claim is written as JSON: there is no other output.';
    throw reader.fail('dataweave.unsupported', message, 'Remove the line.', at);
  }
  const found: Record<string, string> = {};
  for (;;) {
    reader.take(/[ \t]*,?[ \t]*/y);
    const start = reader.at;
    const written = reader.take(/\w+[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[\w.]+)/y);
    if (written === undefined) return optionsFrom(found);
    const [name = '', value = ''] = written.split('=').map((part) => part.trim().replace(/^["']|["']$/g, ''));
    requireOption(grammar, name, value, start);
    found[name] = value;
  }
}

function requireOption({ reader }: Grammar, name: string, value: string, start: number): void {
  if (layout.has(name) || name === 'skipNullOn' || name === 'duplicateKeyAsArray') return;
  if (name === 'writeAttributes' && value === 'false') return;
  const message = `The option \`${name}\` of the output is not supported.`;
  const suggestion =
    'Of the options of JSON there are `skipNullOn` and `duplicateKeyAsArray`, and those of its layout.';
  throw reader.fail('dataweave.unsupported', message, suggestion, start);
}

function optionsFrom({ skipNullOn = '', duplicateKeyAsArray }: Record<string, string>): OutputOptions {
  const everywhere = skipNullOn === 'everywhere';
  return {
    skipsNullInObjects: everywhere || skipNullOn === 'objects',
    skipsNullInArrays: everywhere || skipNullOn === 'arrays',
    repeatedKeysAreArrays: duplicateKeyAsArray === 'true',
  };
}
