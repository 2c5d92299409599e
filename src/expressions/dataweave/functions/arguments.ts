/**
 * @module
 * What several families of functions do with their arguments.
 */
import type { Evaluation } from '../evaluation.ts';
import { type Num, rounded, toDouble } from '../numbers.ts';
import { requireBoolean } from '../operators.ts';
import type { FunctionValue, Value } from '../values.ts';
import { any, type Form, form, lambda, nothing } from './row.ts';

/** For null and anything: null stays null. */
export const nullAndAny = form([nothing, any], () => null);

/** For null where a function follows: null stays null. */
export const nullAndFunction = form([nothing, lambda], () => null);

/** No text or array is longer; a number beyond all doubles would be infinite. */
const maxIndex = Number.MAX_SAFE_INTEGER;

export function whole(value: Num): number {
  const found = toDouble(rounded(value, 'down'));
  return Math.max(-maxIndex, Math.min(maxIndex, found));
}

/** A form for null with these other parameters. */
export function nullWith(...others: Form['parameters']): Form {
  return { parameters: [nothing, ...others], minArguments: 1 + others.length, run: () => null };
}

/** A function as a test of items: its answer must be a Boolean. */
export function test(call: Evaluation, by: FunctionValue): (...values: readonly Value[]) => boolean {
  return (...values) => requireBoolean(call.call(by, ...values), 'the condition');
}
