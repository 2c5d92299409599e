/**
 * @module
 * Functions of `dw::core::Strings` that cut, pad and join. `characters.ts` and `words.ts` have the others.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import { limits } from '../../limits.ts';
import type { Meter } from '../bounds.ts';
import type { Evaluation } from '../evaluation.ts';
import { compareNumbers, type Num, subtract, toDouble } from '../numbers.ts';
import type { Value } from '../values.ts';
import { countOf, nullWith, span, whole } from './arguments.ts';
import { any, type FunctionRow, form, number, optional, regex, string } from './row.ts';
import { matchesOf, placesOf, replaceMatches } from './text-search.ts';

const module = 'dw::core::Strings';

type Cut = (text: string, separator: string, at: number) => string;

/** Cuts at the first or last occurrence of the separator. The result is `''` if there is none. */
function cutting(name: string, fromEnd: boolean, summary: string, cut: Cut): FunctionRow {
  const run = ({ meter }: Evaluation, text: string, separator: string): string => {
    meter.chargeSearch(text, separator);
    const at = fromEnd ? text.lastIndexOf(separator) : text.indexOf(separator);
    return at === -1 ? '' : cut(text, separator, at);
  };
  return { module, name, summary, forms: [form([string, string], run), nullWith(string)] };
}

function pad(meter: Meter, text: string, size: Num, fill: string): string {
  const missing = countOf(subtract(size, text.length));
  meter.textOf(text.length + missing * fill.length);
  return fill.repeat(missing);
}

function padding(name: string, summary: string, join: (text: string, fill: string) => string): FunctionRow {
  const forms = [
    form([string, number, optional(string, ' ')], ({ meter }, text, size, fill) =>
      join(text, pad(meter, text, size, fill)),
    ),
    { ...nullWith(any, any), minArguments: 2 },
  ];
  return { module, name, summary, forms };
}

function repeated({ meter }: Evaluation, text: string, times: Num): string {
  const count = countOf(times);
  meter.textOf(Math.min(text.length * count, 2 * limits.stringLength));
  return text.repeat(count);
}

function wrapped(text: string, by: string, onlyWhereMissing: boolean): string {
  if (onlyWhereMissing && text === '') return by;
  const start = onlyWhereMissing && text.startsWith(by) ? '' : by;
  const end = onlyWhereMissing && text.endsWith(by) ? '' : by;
  return start + text + end;
}

function limited(text: string, size: Num): string {
  if (compareNumbers(size, 0) < 0)
    throw new MintError('dataweave.arithmetic', 'The size of `withMaxSize` must not be negative.');
  return size === 0 ? text : text.slice(0, countOf(size));
}

/** The engine removes one character from each end, whatever the length of the wrapper. */
function unwrapped(text: string, by: string): string {
  return text.length > 1 && text.startsWith(by) && text.endsWith(by) ? text.slice(1, -1) : text;
}

function every(call: Evaluation, text: string, size: Num): Value {
  const length = Math.ceil(toDouble(size));
  if (length < 1) return [];
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += length) parts.push(text.slice(at, at + length));
  return call.meter.items(parts);
}

export const stringRows: readonly FunctionRow[] = [
  cutting('substringBefore', false, 'The part before the first separator.', (text, _, at) => text.slice(0, at)),
  cutting('substringBeforeLast', true, 'The part before the last separator.', (text, separator, at) =>
    separator === '' ? text.slice(0, -1) : text.slice(0, at),
  ),
  cutting('substringAfter', false, 'The part after the first separator.', (text, separator, at) =>
    text.slice(at + separator.length),
  ),
  cutting('substringAfterLast', true, 'The part after the last separator.', (text, separator, at) =>
    text.slice(at + separator.length),
  ),
  {
    module,
    name: 'substring',
    summary: 'The characters from one index to before another.',
    forms: [
      form([string, number, number], (_, text, from, until) => {
        const { start, end, isReversed } = span(from, until);
        const found = text.slice(start, end);
        return isReversed ? found.split('').toReversed().join('') : found;
      }),
      nullWith(any, any),
    ],
  },
  {
    module,
    name: 'substringEvery',
    summary: 'The string in parts of the given length.',
    forms: [form([string, number], every), nullWith(any)],
  },
  {
    module,
    name: 'first',
    summary: 'The given number of characters from the start.',
    forms: [form([string, number], (_, text, count) => text.slice(0, countOf(count))), nullWith(any)],
  },
  {
    module,
    name: 'last',
    summary: 'The given number of characters from the end.',
    forms: [
      form([string, number], (_, text, count) =>
        text.slice(text.length - Math.min(text.length, Math.max(0, whole(count, 'up')))),
      ),
      nullWith(any),
    ],
  },
  {
    module,
    name: 'withMaxSize',
    summary: 'The string, truncated to the given length; 0 means no limit.',
    forms: [form([string, number], (_, text, size) => limited(text, size)), nullWith(number)],
  },
  padding('leftPad', 'The string, padded on the left to the given length.', (text, fill) => fill + text),
  padding('rightPad', 'The string, padded on the right to the given length.', (text, fill) => text + fill),
  {
    module,
    name: 'repeat',
    summary: 'The string, repeated the given number of times.',
    forms: [form([string, number], repeated), nullWith(any)],
  },
  {
    module,
    name: 'remove',
    summary: 'The string without all occurrences of a string or pattern.',
    forms: [
      form([string, regex], ({ meter }, text, by) => replaceMatches(text, matchesOf(text, by, meter), () => '', meter)),
      form([string, string], ({ meter }, text, part) =>
        replaceMatches(text, matchesOf(text, part, meter), () => '', meter),
      ),
      nullWith(any),
    ],
  },
  {
    module,
    name: 'replaceAll',
    summary: 'The string with all occurrences of one string replaced by another.',
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
    summary: 'The string, with the suffix added unless it ends with it.',
    forms: [
      form([string, string], ({ meter }, text, end) => meter.text(text.endsWith(end) ? text : text + end)),
      nullWith(string),
    ],
  },
  {
    module,
    name: 'prependIfMissing',
    summary: 'The string, with the prefix added unless it begins with it.',
    forms: [
      form([string, string], ({ meter }, text, start) => meter.text(text.startsWith(start) ? text : start + text)),
      nullWith(string),
    ],
  },
  {
    module,
    name: 'wrapWith',
    summary: 'The string with another string added at both ends.',
    forms: [form([string, string], ({ meter }, text, by) => meter.text(wrapped(text, by, false))), nullWith(any)],
  },
  {
    module,
    name: 'wrapIfMissing',
    summary: 'The string with another string added at each end that lacks it.',
    forms: [form([string, string], ({ meter }, text, by) => meter.text(wrapped(text, by, true))), nullWith(string)],
  },
  {
    module,
    name: 'unwrap',
    summary: 'The string without its first and last characters, if both ends are the given string.',
    forms: [form([string, string], (_, text, by) => unwrapped(text, by)), nullWith(string)],
  },
  {
    module,
    name: 'countMatches',
    summary: 'The number of occurrences of a string or pattern.',
    forms: [
      form([string, string], ({ meter }, text, part) => placesOf(text, part, meter).length),
      form([string, regex], ({ meter }, text, by) => matchesOf(text, by, meter).length),
      nullWith({ ...string, accepts: (_value): _value is string => true }),
    ],
  },
];
