/**
 * @module
 * Functions of `dw::core::Strings` on letters and words.
 */
import { limits } from '../../limits.ts';
import type { Meter } from '../bounds.ts';
import { toDouble } from '../numbers.ts';
import { ordinalOf, pluralOf, singularOf } from './inflection.ts';
import { type FunctionRow, form, nothing, nullForNull, number, string } from './row.ts';

const module = 'dw::core::Strings';

/** A function from string to string, with null for null. */
function changing(name: string, summary: string, change: (text: string) => string): FunctionRow {
  const run = ({ meter }: { readonly meter: Meter }, text: string): string => {
    meter.charge(text.length >> 4);
    return meter.text(change(text));
  };
  return { module, name, summary, forms: [form([string], run), nullForNull] };
}

/** A test of all characters. */
function asking(name: string, summary: string, pattern: RegExp): FunctionRow {
  const run = ({ meter }: { readonly meter: Meter }, text: string): boolean => {
    meter.scan(text);
    return pattern.test(text);
  };
  return { module, name, summary, forms: [form([string], run), form([nothing], () => false)] };
}

/**
 * Separates words at an upper-case letter after a lower-case one, and at the last letter of an upper-case run. The
 * patterns must be linear in the length of a run, because strings come from callers.
 */
function spaced(text: string): string {
  return text.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/(?<=[A-Z])[A-Z][a-z]/g, ' $&');
}

/** As in the engine, a letter a to z starts a word unless a letter a to z, a digit or `_` is before it. */
function capitalized(text: string): string {
  const words = spaced(text).replace(/[_-]/g, ' ').toLowerCase();
  const started = words.charAt(0).toUpperCase() + words.slice(1);
  return started.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function camelized(text: string): string {
  const [first = '', ...others] = text.split('_');
  const joined = first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

function joinedBy(separator: string): (text: string) => string {
  return (text) =>
    spaced(text)
      .replace(/[\s_-]/g, separator)
      .toLowerCase();
}

/** Splitting stops after this many parts: one more than an array may have, plus an empty part at each end. */
const maxParts = limits.arrayLength + 3;

export const wordRows: readonly FunctionRow[] = [
  changing('capitalize', 'The words with an upper-case first letter, separated by spaces.', capitalized),
  changing('camelize', 'The string without underscores, each letter after one in upper case.', camelized),
  changing('dasherize', 'The words in lower case, separated by dashes.', joinedBy('-')),
  changing('underscore', 'The words in lower case, separated by underscores.', joinedBy('_')),
  changing('pluralize', 'The plural of an English noun.', pluralOf),
  changing('singularize', 'The singular of an English noun.', singularOf),
  {
    module,
    name: 'ordinalize',
    summary: 'The number with `st`, `nd`, `rd` or `th`.',
    forms: [form([number], (_, value) => ordinalOf(Math.trunc(toDouble(value)))), nullForNull],
  },
  {
    module,
    name: 'words',
    summary: 'The words that are separated by whitespace.',
    forms: [
      form([string], ({ meter }, text) => meter.items(text.split(/\s+/, maxParts).filter((word) => word !== ''))),
      nullForNull,
    ],
  },
  {
    module,
    name: 'lines',
    summary: 'The lines, without an empty line at the end.',
    forms: [
      form([string], ({ meter }, text) => {
        const lines = text.split(/\r\n|\n|\r/, maxParts);
        return meter.items(lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines);
      }),
      nullForNull,
    ],
  },
  asking('isAlpha', 'Whether all characters are letters.', /^\p{L}+$/u),
  asking('isAlphanumeric', 'Whether all characters are letters or digits.', /^[\p{L}\p{Nd}]+$/u),
  asking('isNumeric', 'Whether all characters are digits.', /^\p{Nd}+$/u),
  asking('isLowerCase', 'Whether all characters are lower-case letters.', /^\p{Ll}+$/u),
  asking('isUpperCase', 'Whether all characters are upper-case letters.', /^\p{Lu}+$/u),
  asking('isWhitespace', 'Whether all characters are whitespace.', /^\s*$/),
];
