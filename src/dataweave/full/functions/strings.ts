/**
 * @module
 * Functions of `dw::core::Strings` that cut, pad and join. Those on letters and words stand in `words.ts`.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { limits } from '../../limits.ts';
import type { Meter } from '../bounds.ts';
import type { Evaluation } from '../evaluation.ts';
import { type Num, roundTo, toDouble } from '../numbers.ts';
import { requireBoolean } from '../operators.ts';
import type { FunctionValue, Value } from '../values.ts';
import { type Form, type FullRow, form, lambda, nothing, nullForNull, number, optional, regex, string } from './row.ts';
import { matchesOf, placesOf, replaceMatches } from './text-search.ts';
import { wordRows } from './words.ts';

const module = 'dw::core::Strings';

export function whole(value: Num): number {
  return toDouble(roundTo(value, 0, 'down'));
}

/** A form for null with these other parameters. */
function nullWith(...others: Form['parameters']): Form {
  return { parameters: [nothing, ...others], least: 1 + others.length, run: () => null };
}

type Cut = (text: string, separator: string, at: number) => string;

/** A row that finds the separator, from the start or from the end, and cuts there; not found is `''`. */
function cutting(name: string, fromEnd: boolean, summary: string, cut: Cut): FullRow {
  const run = ({ meter }: Evaluation, text: string, separator: string): string => {
    meter.chargeSearch(text, separator);
    const at = fromEnd ? text.lastIndexOf(separator) : text.indexOf(separator);
    return at === -1 ? '' : cut(text, separator, at);
  };
  return { module, name, summary, forms: [form([string, string], run), nullWith(string)] };
}

function pad(meter: Meter, text: string, size: Num, fill: string): string {
  const missing = Math.max(0, whole(size) - text.length);
  meter.textOf(text.length + missing * fill.length);
  return fill.repeat(missing);
}

function padding(name: string, summary: string, join: (text: string, fill: string) => string): FullRow {
  const forms = [
    form([string, number, optional(string, ' ')], ({ meter }, text, size, fill) =>
      join(text, pad(meter, text, size, fill)),
    ),
    { ...nullWith(number, string), least: 2 },
  ];
  return { module, name, summary, forms };
}

function repeated({ meter }: Evaluation, text: string, times: Num): string {
  const count = Math.max(0, whole(times));
  meter.textOf(Math.min(text.length * count, 2 * limits.stringLength));
  return text.repeat(count);
}

function characters({ meter }: Evaluation, text: string): readonly string[] {
  return meter.items(text.split(''));
}

function testing(call: Evaluation, by: FunctionValue): (character: string) => boolean {
  return (character) => requireBoolean(call.call(by, character, 0), 'the condition');
}

function codeAt(text: string, at: number): number {
  const code = text.charCodeAt(Math.max(0, at));
  if (!Number.isNaN(code)) return code;
  throw new MintError('dataweave.arithmetic', 'the text has no character at this place');
}

function wrapped(text: string, by: string, onlyWhereMissing: boolean): string {
  const start = onlyWhereMissing && text.startsWith(by) ? '' : by;
  const end = onlyWhereMissing && text.endsWith(by) ? '' : by;
  return start + text + end;
}

function unwrapped(text: string, by: string): string {
  if (text === by) return text;
  return text.startsWith(by) && text.endsWith(by) ? text.slice(by.length, text.length - by.length) : text;
}

/** Runs of the same character. */
function runs(call: Evaluation, text: string): readonly string[] {
  const found: string[] = [];
  let run = '';
  for (const character of characters(call, text)) {
    if (run !== '' && !run.startsWith(character)) {
      found.push(run);
      run = '';
    }
    run += character;
  }
  return [...found, run];
}

function every(call: Evaluation, text: string, size: Num): Value {
  const length = Math.max(1, whole(size));
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += length) parts.push(text.slice(at, at + length));
  return call.meter.items(parts);
}

/** The parts between the characters that the function takes. */
function splitWhere(call: Evaluation, text: string, by: FunctionValue): Value {
  const parts: string[] = [];
  let part = '';
  characters(call, text).forEach((character, i) => {
    if (requireBoolean(call.call(by, character, i), 'the condition')) {
      parts.push(part);
      part = '';
    } else part += character;
  });
  return [...parts, part];
}

function hamming(meter: Meter, left: string, right: string): Value {
  if (left.length !== right.length) return null;
  meter.scan(left);
  let distance = 0;
  for (let i = 0; i < left.length; i++) if (left.charCodeAt(i) !== right.charCodeAt(i)) distance += 1;
  return distance;
}

/** One row of the table at a time; the table has as many cells as the product of the lengths. */
function levenshtein(meter: Meter, left: string, right: string): number {
  meter.charge(Math.ceil((left.length * right.length) / 16));
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 0; i < left.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < right.length; j++) {
      const change = left.charCodeAt(i) === right.charCodeAt(j) ? 0 : 1;
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + change));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

function mapped(call: Evaluation, text: string, by: FunctionValue): string {
  let made = '';
  characters(call, text).forEach((character, i) => {
    const found = call.call(by, character, i);
    if (typeof found !== 'string')
      throw new MintError('dataweave.type-mismatch', 'what mapString is handed is no String');
    call.meter.textOf(found.length);
    made += found;
  });
  return call.meter.text(made);
}

export const stringRows: readonly FullRow[] = [
  cutting('substringBefore', false, 'The text before the first separator.', (text, _, at) => text.slice(0, at)),
  cutting('substringBeforeLast', true, 'The text before the last separator.', (text, separator, at) =>
    separator === '' ? text.slice(0, -1) : text.slice(0, at),
  ),
  cutting('substringAfter', false, 'The text after the first separator.', (text, separator, at) =>
    text.slice(at + separator.length),
  ),
  cutting('substringAfterLast', true, 'The text after the last separator.', (text, separator, at) =>
    text.slice(at + separator.length),
  ),
  {
    module,
    name: 'substring',
    summary: 'The text from one place to before the other.',
    forms: [
      form([string, number, number], (_, text, from, until) => {
        const [start, end] = [Math.max(0, whole(from)), Math.max(0, whole(until))];
        return start < end ? text.slice(start, end) : '';
      }),
      nullWith(number, number),
    ],
  },
  {
    module,
    name: 'substringBy',
    summary: 'The parts between the characters that the function takes.',
    forms: [form([string, lambda], splitWhere), nullWith(lambda)],
  },
  {
    module,
    name: 'substringEvery',
    summary: 'The text in parts of this length.',
    forms: [form([string, number], every), nullWith(number)],
  },
  {
    module,
    name: 'first',
    summary: 'So many characters from the start.',
    forms: [form([string, number], (_, text, count) => text.slice(0, Math.max(0, whole(count)))), nullWith(number)],
  },
  {
    module,
    name: 'last',
    summary: 'So many characters from the end.',
    forms: [
      form([string, number], (_, text, count) =>
        text.slice(text.length - Math.min(text.length, Math.max(0, whole(count)))),
      ),
      nullWith(number),
    ],
  },
  {
    module,
    name: 'withMaxSize',
    summary: 'The text, cut to this length.',
    forms: [form([string, number], (_, text, size) => text.slice(0, Math.max(0, whole(size)))), nullWith(number)],
  },
  padding('leftPad', 'The text, filled on the left to this length.', (text, fill) => fill + text),
  padding('rightPad', 'The text, filled on the right to this length.', (text, fill) => text + fill),
  { module, name: 'repeat', summary: 'The text so many times.', forms: [form([string, number], repeated)] },
  {
    module,
    name: 'reverse',
    summary: 'The text from its end to its start.',
    forms: [form([string], (call, text) => characters(call, text).toReversed().join('')), nullForNull],
  },
  {
    module,
    name: 'remove',
    summary: 'The text without each occurrence of the other.',
    forms: [
      form([string, string], ({ meter }, text, part) =>
        replaceMatches(text, matchesOf(text, part, meter), () => '', meter),
      ),
      nullWith(string),
    ],
  },
  {
    module,
    name: 'replaceAll',
    summary: 'The text with one text in place of another, everywhere.',
    forms: [
      form([string, string, string], ({ meter }, text, part, by) =>
        replaceMatches(text, matchesOf(text, part, meter), () => by, meter),
      ),
      nullWith(string, string),
    ],
  },
  {
    module,
    name: 'appendIfMissing',
    summary: 'The text, ending with the other.',
    forms: [
      form([string, string], ({ meter }, text, end) => meter.text(text.endsWith(end) ? text : text + end)),
      nullWith(string),
    ],
  },
  {
    module,
    name: 'prependIfMissing',
    summary: 'The text, beginning with the other.',
    forms: [
      form([string, string], ({ meter }, text, start) => meter.text(text.startsWith(start) ? text : start + text)),
      nullWith(string),
    ],
  },
  {
    module,
    name: 'wrapWith',
    summary: 'The text between two of the other.',
    forms: [form([string, string], ({ meter }, text, by) => meter.text(wrapped(text, by, false))), nullWith(string)],
  },
  {
    module,
    name: 'wrapIfMissing',
    summary: 'The text between two of the other, unless they are there.',
    forms: [form([string, string], ({ meter }, text, by) => meter.text(wrapped(text, by, true))), nullWith(string)],
  },
  {
    module,
    name: 'unwrap',
    summary: 'The text without the other at both ends.',
    forms: [form([string, string], (_, text, by) => unwrapped(text, by)), nullWith(string)],
  },
  { module, name: 'collapse', summary: 'The runs of the same character.', forms: [form([string], runs), nullForNull] },
  {
    module,
    name: 'charCode',
    summary: 'The UTF-16 code of the first character.',
    forms: [form([string], (_, text) => codeAt(text, 0))],
  },
  {
    module,
    name: 'charCodeAt',
    summary: 'The UTF-16 code of the character at a place.',
    forms: [form([string, number], (_, text, at) => codeAt(text, whole(at)))],
  },
  {
    module,
    name: 'fromCharCode',
    summary: 'The character of a UTF-16 code.',
    forms: [form([number], (_, code) => String.fromCharCode(whole(code)))],
  },
  {
    module,
    name: 'countCharactersBy',
    summary: 'How many characters the function takes.',
    forms: [
      form([string, lambda], (call, text, by) => characters(call, text).filter(testing(call, by)).length),
      nullWith(lambda),
    ],
  },
  {
    module,
    name: 'countMatches',
    summary: 'How often a text or a pattern is in the text.',
    forms: [
      form([string, string], ({ meter }, text, part) => placesOf(text, part, meter).length),
      form([string, regex], ({ meter }, text, by) => matchesOf(text, by, meter).length),
      nullWith({ ...string, accepts: (_value): _value is string => true }),
    ],
  },
  {
    module,
    name: 'everyCharacter',
    summary: 'Whether the function takes every character.',
    forms: [
      form([string, lambda], (call, text, by) => characters(call, text).every(testing(call, by))),
      form([nothing, lambda], () => true),
    ],
  },
  {
    module,
    name: 'someCharacter',
    summary: 'Whether the function takes one of the characters.',
    forms: [
      form([string, lambda], (call, text, by) => characters(call, text).some(testing(call, by))),
      form([nothing, lambda], () => false),
    ],
  },
  {
    module,
    name: 'mapString',
    summary: 'What the function gives for each character and index, joined.',
    forms: [form([string, lambda], mapped), nullWith(lambda)],
  },
  {
    module,
    name: 'hammingDistance',
    summary: 'At how many places two texts of one length differ.',
    forms: [form([string, string], ({ meter }, left, right) => hamming(meter, left, right))],
  },
  {
    module,
    name: 'levenshteinDistance',
    summary: 'How many characters must change, come or go to make the one text the other.',
    forms: [form([string, string], ({ meter }, left, right) => levenshtein(meter, left, right))],
  },
  ...wordRows,
];
