/**
 * @module
 * Forms and arguments that several families of functions share.
 */
import type { Evaluation } from '../evaluation.ts';
import { compareNumbers, type Num, rounded, toDouble } from '../numbers.ts';
import { requireBoolean, requireWrittenCondition } from '../operators.ts';
import type { FunctionValue, Value } from '../values.ts';
import { any, type Form, form, lambda, nothing } from './row.ts';

/** The form of a function of two parameters that returns null if the first is null. */
export const nullAndAny = form([nothing, any], () => null);

/** The same if the second parameter is a function. */
export const nullAndFunction = form([nothing, lambda], () => null);

/** No string or array is longer. A number that exceeds all doubles would be infinite. */
const maxIndex = Number.MAX_SAFE_INTEGER;

/** An index or a length. */
export function whole(value: Num, how: 'down' | 'up' = 'down'): number {
  const found = toDouble(rounded(value, how));
  return Math.max(-maxIndex, Math.min(maxIndex, found));
}

/** The number of items of `0 to count - 1`, as the engine's functions write it: a fraction below 1 counts as 1. */
export function countOf(value: Num): number {
  return compareNumbers(value, 0) <= 0 ? 0 : Math.max(1, whole(value));
}

/** Where a part starts, and before which index it ends. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly isReversed: boolean;
}

/** The part that `from to until - 1` selects, which has both ends truncated: from 1.5 until 1.9 it is reversed. */
export function span(from: Num, until: Num): Span {
  const [start, last] = [Math.max(0, whole(from)), countOf(until) - 1];
  if (last < 0 || compareNumbers(from, until) >= 0) return { start: 0, end: 0, isReversed: false };
  return start <= last
    ? { start, end: last + 1, isReversed: false }
    : { start: last, end: start + 1, isReversed: true };
}

/** The form that returns null if the first argument is null, with these other parameters. */
export function nullWith(...others: Form['parameters']): Form {
  return { parameters: [nothing, ...others], minArguments: 1 + others.length, run: () => null };
}

/** A function as a predicate of `if`: only the strings `true` and `false` are Booleans, too. */
export function testOfIf(call: Evaluation, by: FunctionValue): (...values: readonly Value[]) => boolean {
  return (...values) => requireWrittenCondition(call.call(by, ...values));
}

/** A function as a predicate. Its result is converted to a Boolean. */
export function test(call: Evaluation, by: FunctionValue): (...values: readonly Value[]) => boolean {
  return (...values) => requireBoolean(call.call(by, ...values), 'the condition');
}
