/**
 * @module
 * Forms and arguments that several families of functions share.
 */
import type { Evaluation } from '../evaluation.ts';
import { type Num, rounded, toDouble } from '../numbers.ts';
import { requireBoolean } from '../operators.ts';
import type { FunctionValue, Value } from '../values.ts';
import { any, type Form, form, lambda, nothing } from './row.ts';

/** The form of a function of two parameters that returns null if the first is null. */
export const nullAndAny = form([nothing, any], () => null);

/** The same if the second parameter is a function. */
export const nullAndFunction = form([nothing, lambda], () => null);

/** No string or array is longer. A number that exceeds all doubles would be infinite. */
const maxIndex = Number.MAX_SAFE_INTEGER;

/** An index or a length, rounded down. */
export function whole(value: Num): number {
  const found = toDouble(rounded(value, 'down'));
  return Math.max(-maxIndex, Math.min(maxIndex, found));
}

/** The form that returns null if the first argument is null, with these other parameters. */
export function nullWith(...others: Form['parameters']): Form {
  return { parameters: [nothing, ...others], minArguments: 1 + others.length, run: () => null };
}

/** A function as a predicate. It must return a Boolean. */
export function test(call: Evaluation, by: FunctionValue): (...values: readonly Value[]) => boolean {
  return (...values) => requireBoolean(call.call(by, ...values), 'the condition');
}
