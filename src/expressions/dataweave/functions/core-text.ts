/**
 * @module
 * Functions of `dw::Core` on strings.
 */
import type { Meter } from '../bounds.ts';
import { equals } from '../compare.ts';
import { textOf } from '../conversion.ts';
import { chargeConversion } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { findAll, findStarts, matchWhole, patternOf } from '../regex.ts';
import { type FunctionValue, Key, type RegexValue, type Value } from '../values.ts';
import { any, array, type FunctionRow, form, lambda, nothing, nullForNull, regex, string, typed } from './row.ts';
import { matchesOf, placesOf, replaceMatches, replacer, splitByMatches, withoutEmptyEnd } from './text-search.ts';

const module = 'dw::Core';

/** A string or key as a regular expression. Other values are not converted. */
const pattern = typed<string | Key>('String', (value) => typeof value === 'string' || value instanceof Key);

function patternFrom(by: string | Key, meter: Meter): RegexValue {
  return patternOf(typeof by === 'string' ? by : by.name, meter);
}

const whitespace = /^\s*$/;

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
      if (found === undefined) throw wrongType('the result of the function of `replace`', 'a String', value);
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
    summary: 'The string in upper case.',
    forms: [form([string], ({ meter }, text) => meter.text(text.toUpperCase())), nullForNull],
  },
  {
    module,
    name: 'lower',
    summary: 'The string in lower case.',
    forms: [form([string], ({ meter }, text) => meter.text(text.toLowerCase())), nullForNull],
  },
  {
    module,
    name: 'trim',
    summary: 'The string without spaces and control characters at both ends.',
    forms: [form([string], ({ meter }, text) => trimmed(scanned(text, meter))), nullForNull],
  },
  {
    module,
    name: 'isBlank',
    summary: 'Whether the value is null or has only whitespace.',
    forms: [form([string], ({ meter }, text) => whitespace.test(scanned(text, meter))), form([nothing], () => true)],
  },
  {
    module,
    name: 'startsWith',
    summary: 'Whether the string begins with another one.',
    forms: [form([string, string], ({ meter }, text, start) => text.startsWith(scanned(start, meter))), falseForNull],
  },
  {
    module,
    name: 'endsWith',
    summary: 'Whether the string ends with another one.',
    forms: [form([string, string], ({ meter }, text, end) => text.endsWith(scanned(end, meter))), falseForNull],
  },
  {
    module,
    name: 'splitBy',
    summary:
      'The parts between the separators, without empty parts at the end. An empty separator returns the characters.',
    forms: [
      form([string, regex], ({ meter }, text, by) => meter.items(splitByMatches(text, findAll(by, text, meter)))),
      form([string, string], splitByText),
      onNull,
    ],
  },
  {
    module,
    name: 'matches',
    summary: 'Whether the whole string matches the pattern.',
    forms: [
      form([string, regex], ({ meter }, text, by) => matchWhole(by, text, meter) !== undefined),
      form([string, pattern], ({ meter }, text, by) => matchWhole(patternFrom(by, meter), text, meter) !== undefined),
      falseForNull,
    ],
  },
  {
    module,
    name: 'match',
    summary: 'The match of the whole string and its groups; an empty array if it does not match.',
    forms: [
      form([string, regex], ({ meter }, text, by) => matchWhole(by, text, meter)?.groups ?? []),
      form([string, pattern], ({ meter }, text, by) => matchWhole(patternFrom(by, meter), text, meter)?.groups ?? []),
      onNull,
    ],
  },
  {
    module,
    name: 'scan',
    summary: 'Every match in the string and its groups.',
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
    summary: 'Replaces each match by the result of the function after `with`, which gets the groups.',
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
    summary: 'The result of the function for the value; null for null.',
    forms: [form([nothing, lambda], () => null), form([any, lambda], (call, value, next) => call.call(next, value))],
  },
  {
    module,
    name: 'onNull',
    summary: 'The value, or the result of the function if it is null.',
    forms: [
      form([nothing, lambda], (call, _, otherwise) => call.call(otherwise)),
      form([any, lambda], (_, value) => value),
    ],
  },
  {
    module,
    name: 'lastIndexOf',
    summary: 'The last index of a string or an item, or -1.',
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
    summary: 'The indexes of a string, an item or the matches of a pattern.',
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
