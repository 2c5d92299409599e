/**
 * @module
 * Compared servers take turns, so that a disturbance longer than a turn affects all of them. The CPU time that the host
 * of a virtual machine takes away decides which turns count.
 */
import { observingStolen } from './stolen.ts';

/** The results of the turns. */
export interface Turns<T> {
  readonly all: readonly T[];
  /** The results of the turns that count. */
  readonly calm: readonly T[];
}

/** @param turn called with its number, from 1 */
export async function takeTurns<T>(count: number, turn: (number: number) => Promise<T>): Promise<Turns<T>> {
  const all: T[] = [];
  const shares: number[] = [];
  for (let number = 1; number <= count; number++) {
    const { result, share } = await observingStolen(() => turn(number));
    all.push(result);
    shares.push(share);
  }
  const calm = new Set(calmTurns(shares));
  return { all, calm: all.filter((_, index) => calm.has(index)) };
}

/** The results of one server, from turns that have a result for every server in the same order. */
export function ofServer<T>(turns: readonly (readonly T[])[], index: number): T[] {
  return turns.flatMap((turn) => turn.slice(index, index + 1));
}

/** Up to this stolen share a turn counts as undisturbed. */
const undisturbed = 0.01;

/**
 * The indexes of the turns that count: all undisturbed turns, and at least the calmest third. The measured costs have
 * no influence.
 *
 * @param shares of each turn
 */
export function calmTurns(shares: readonly number[]): number[] {
  const third = shares.toSorted((a, b) => a - b)[Math.ceil(shares.length / 3) - 1] ?? 0;
  const limit = Math.max(undisturbed, third);
  return shares.flatMap((share, turn) => (share <= limit ? [turn] : []));
}
