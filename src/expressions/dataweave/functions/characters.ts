/**
 * @module
 * Functions of `dw::core::Strings` on single characters.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import type { Meter } from '../bounds.ts';
import { implied } from '../conversion.ts';
import { chargeConversion } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import { toDouble } from '../numbers.ts';
import type { FunctionValue, Value } from '../values.ts';
import { nullWith, test, testOfIf } from './arguments.ts';
import { any, type FunctionRow, form, lambda, nothing, nullForNull, number, string } from './row.ts';

const module = 'dw::core::Strings';

function characters({ meter }: Evaluation, text: string): readonly string[] {
  return meter.characters(text);
}

function codeAt(text: string, at: number): number {
  // As a selector in brackets, a negative index counts from the end.
  const code = text.charCodeAt(at < 0 ? at + text.length : at);
  if (!Number.isNaN(code)) return code;
  throw new MintError('dataweave.arithmetic', 'The string has no character at this index.');
}

/** Runs of the same character. */
function runs(call: Evaluation, text: string): readonly string[] {
  call.meter.items(text);
  const found: string[] = [];
  let start = 0;
  for (let at = 1; at < text.length; at++) {
    if (text.charCodeAt(at) === text.charCodeAt(start)) continue;
    found.push(text.slice(start, at));
    start = at;
  }
  return [...found, text.slice(start)];
}

/** The parts between the characters for which the function returns true. */
function splitWhere(call: Evaluation, text: string, by: FunctionValue): Value {
  const takes = testOfIf(call, by);
  const parts: string[] = [];
  let part = '';
  characters(call, text).forEach((character, i) => {
    if (takes(character, i)) {
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

/** Computes one row of the table at a time. The table has as many cells as the product of the lengths. */
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
    const value = call.call(by, character, i);
    chargeConversion(value, call.meter);
    const found = implied(value, 'String');
    if (typeof found !== 'string') throw wrongType('the result of the function of `mapString`', 'a String', value);
    call.meter.textOf(found.length);
    made += found;
  });
  return call.meter.text(made);
}

/** @throws MintError `dataweave.conversion` beyond the last code point */
function characterOf(code: number): string {
  if (code >= 0 && code <= 0x10ffff) return String.fromCodePoint(code);
  throw new MintError('dataweave.conversion', 'The code is not a Unicode code point.');
}

export const characterRows: readonly FunctionRow[] = [
  {
    module,
    name: 'substringBy',
    summary: 'The parts between the characters for which the function returns true.',
    forms: [form([string, lambda], splitWhere), nullWith(lambda)],
  },
  {
    module,
    name: 'reverse',
    summary: 'The string, reversed.',
    forms: [form([string], (call, text) => characters(call, text).toReversed().join('')), nullForNull],
  },
  { module, name: 'collapse', summary: 'The runs of equal characters.', forms: [form([string], runs), nullForNull] },
  {
    module,
    name: 'charCode',
    summary: 'The UTF-16 code unit of the first character.',
    forms: [form([string], (_, text) => codeAt(text, 0)), nullForNull],
  },
  {
    module,
    name: 'charCodeAt',
    summary: 'The UTF-16 code unit of the character at an index.',
    forms: [form([string, number], (_, text, at) => codeAt(text, Math.trunc(toDouble(at)))), nullWith(any)],
  },
  {
    module,
    name: 'fromCharCode',
    summary: 'The character of a Unicode code point.',
    forms: [form([number], (_, code) => characterOf(Math.trunc(toDouble(code)))), nullForNull],
  },
  {
    module,
    name: 'countCharactersBy',
    summary: 'The number of characters for which the function returns true.',
    forms: [
      form(
        [string, lambda],
        (call, text, by) => characters(call, text).filter((one) => testOfIf(call, by)(one)).length,
      ),
      nullWith(lambda),
    ],
  },
  {
    module,
    name: 'everyCharacter',
    summary: 'Whether the function returns true for every character.',
    forms: [
      form([string, lambda], (call, text, by) => characters(call, text).every((one) => test(call, by)(one))),
      form([nothing, lambda], () => true),
    ],
  },
  {
    module,
    name: 'someCharacter',
    summary: 'Whether the function returns true for at least one character.',
    forms: [
      form([string, lambda], (call, text, by) => characters(call, text).some((one) => test(call, by)(one))),
      form([nothing, lambda], () => false),
    ],
  },
  {
    module,
    name: 'mapString',
    summary: 'The joined results of the function for each character and index.',
    forms: [form([string, lambda], mapped), nullWith(lambda)],
  },
  {
    module,
    name: 'hammingDistance',
    summary: 'The number of indexes at which two strings of equal length differ; null for other strings.',
    forms: [form([string, string], ({ meter }, left, right) => hamming(meter, left, right))],
  },
  {
    module,
    name: 'levenshteinDistance',
    summary: 'The number of characters to replace, insert or delete to turn one string into the other.',
    forms: [form([string, string], ({ meter }, left, right) => levenshtein(meter, left, right))],
  },
];
