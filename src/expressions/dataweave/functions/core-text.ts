/**
 * @module
 * Functions of `dw::Core` on strings.
 */
import type { Meter } from '../bounds.ts';
import { equals } from '../compare.ts';
import { textOf } from '../conversion.ts';
import { chargeConversion } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { mismatch } from '../failures.ts';
import { findAll, findStarts, matchWhole, patternOf } from '../regex.ts';
import { type FunctionValue, Key, type RegexValue, type Value } from '../values.ts';
import { any, array, type FunctionRow, form, lambda, nothing, nullForNull, regex, string, typed } from './row.ts';
import { matchesOf, placesOf, replaceMatches, replacer, splitByMatches, withoutEmptyEnd } from './text-search.ts';

const module = 'dw::Core';

/** A text that is read as a regular expression: what becomes a text by itself is none, but for a key. */
const pattern = typed<string | Key>('String', (value) => typeof value === 'string' || value instanceof Key);

function patternFrom(by: string | Key, meter: Meter): RegexValue {
  return patternOf(typeof by === 'string' ? by : by.name, meter);
}

const blank = /^\s*$/;

function scanned(text: string, meter: Meter): string {
  meter.scan(text);
  return text;
}

function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}

function splitByText({ meter }: Evaluation, text: string, separator: string): Value {
  if (text === '') return [''];
  meter.chargeSearch(text, separator);
  return meter.items(withoutEmptyEnd(separator === '' ? text.split('') : text.split(separator)));
}

function replaced(call: Evaluation, text: string, what: Parameters<typeof matchesOf>[1]): FunctionValue {
  return replacer((make) => {
    const matches = matchesOf(text, what, call.meter);
    const replacement = (groups: readonly Value[], i: number): string => {
      const value = call.call(make, groups, i, null);
      chargeConversion(value, call.meter);
      const found = textOf(value);
      if (found === undefined) throw mismatch('a replacement', 'a String', value);
      return found;
    };
    return replaceMatches(text, matches, ({ groups }, i) => replacement(groups, i), call.meter);
  });
}

const onNull = form([nothing, any], () => null);
const falseForNull = form([nothing, any], () => false);

export const coreTextRows: readonly FunctionRow[] = [
  {
    module,
    name: 'upper',
    summary: 'The text in upper case.',
    forms: [form([string], ({ meter }, text) => meter.text(text.toUpperCase())), nullForNull],
  },
  {
    module,
    name: 'lower',
    summary: 'The text in lower case.',
    forms: [form([string], ({ meter }, text) => meter.text(text.toLowerCase())), nullForNull],
  },
  {
    module,
    name: 'trim',
    summary: 'The text without blanks and control characters at both ends.',
    forms: [form([string], ({ meter }, text) => trimmed(scanned(text, meter))), nullForNull],
  },
  {
    module,
    name: 'isBlank',
    summary: 'Whether it is null or has nothing but blanks.',
    forms: [form([string], ({ meter }, text) => blank.test(scanned(text, meter))), form([nothing], () => true)],
  },
  {
    module,
    name: 'startsWith',
    summary: 'Whether the text begins with the other.',
    forms: [form([string, string], ({ meter }, text, start) => text.startsWith(scanned(start, meter))), falseForNull],
  },
  {
    module,
    name: 'endsWith',
    summary: 'Whether the text ends with the other.',
    forms: [form([string, string], ({ meter }, text, end) => text.endsWith(scanned(end, meter))), falseForNull],
  },
  {
    module,
    name: 'splitBy',
    summary:
      'The parts between the separators, without empty ones at the end; an empty separator gives the characters.',
    forms: [
      form([string, regex], ({ meter }, text, by) => meter.items(splitByMatches(text, findAll(by, text, meter)))),
      form([string, string], splitByText),
      onNull,
    ],
  },
  {
    module,
    name: 'matches',
    summary: 'Whether the whole text follows the pattern.',
    forms: [
      form([string, regex], ({ meter }, text, by) => matchWhole(by, text, meter) !== undefined),
      form([string, pattern], ({ meter }, text, by) => matchWhole(patternFrom(by, meter), text, meter) !== undefined),
      falseForNull,
    ],
  },
  {
    module,
    name: 'match',
    summary: 'The groups of the match of the whole text, itself first; an empty array where it does not match.',
    forms: [
      form([string, regex], ({ meter }, text, by) => matchWhole(by, text, meter)?.groups ?? []),
      form([string, pattern], ({ meter }, text, by) => matchWhole(patternFrom(by, meter), text, meter)?.groups ?? []),
      onNull,
    ],
  },
  {
    module,
    name: 'scan',
    summary: 'The groups of every match in the text.',
    forms: [
      form([string, regex], ({ meter }, text, by) => meter.items(findAll(by, text, meter).map(({ groups }) => groups))),
      form([string, pattern], ({ meter }, text, by) =>
        meter.items(findAll(patternFrom(by, meter), text, meter).map(({ groups }) => groups)),
      ),
      onNull,
    ],
  },
  {
    module,
    name: 'replace',
    summary: 'Replaces each match with what the function after `with` gives for its groups.',
    forms: [
      form([string, regex], (call, text, what) => replaced(call, text, what)),
      form([string, string], (call, text, what) => replaced(call, text, what)),
      form([nothing, any], () => replacer(() => null)),
    ],
  },
  {
    module,
    name: 'with',
    summary: 'The second half of `replace`.',
    forms: [form([lambda, lambda], (call, replace, make) => call.call(replace, make))],
  },
  {
    module,
    name: 'then',
    summary: 'What the function gives for the value; null stays null.',
    forms: [form([nothing, lambda], () => null), form([any, lambda], (call, value, next) => call.call(next, value))],
  },
  {
    module,
    name: 'onNull',
    summary: 'The value, or what the function gives where it is null.',
    forms: [
      form([nothing, lambda], (call, _, otherwise) => call.call(otherwise)),
      form([any, lambda], (_, value) => value),
    ],
  },
  {
    module,
    name: 'lastIndexOf',
    summary: 'The last place of a text or an item, -1 where there is none.',
    forms: [
      form([array, any], ({ meter }, items, wanted) =>
        meter.items(items).findLastIndex((item) => equals(item, wanted, meter)),
      ),
      form([string, string], ({ meter }, text, part) => {
        meter.chargeSearch(text, part);
        return part === '' ? text.length - 1 : text.lastIndexOf(part);
      }),
      form([nothing, any], () => -1),
    ],
  },
  {
    module,
    name: 'find',
    summary: 'The places of a text, an item or the matches of a pattern.',
    forms: [
      form([array, any], ({ meter }, items, wanted) =>
        meter.items(items).flatMap((item, i) => (equals(item, wanted, meter) ? [i] : [])),
      ),
      form([string, regex], ({ meter }, text, by) => meter.items(findStarts(by, text, meter))),
      form([string, string], ({ meter }, text, part) => placesOf(text, part, meter)),
      form([nothing, any], () => []),
    ],
  },
];
