/**
 * @module
 * Servers that are compared take turns, so that whatever disturbs the machine for longer than a turn meets all of them. What
 * the host of a virtual machine takes away decides which turns count.
 */
import { observingStolen } from './stolen.ts';

/** What each turn brought. */
export interface Turns<T> {
  readonly all: readonly T[];
  /** Of the turns that count. */
  readonly calm: readonly T[];
}

/** @param turn is told its number, from 1 */
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

/** What turns brought of which each has something for every server, in one order: what they have for one. */
export function ofServer<T>(turns: readonly (readonly T[])[], index: number): T[] {
  return turns.flatMap((turn) => turn.slice(index, index + 1));
}

/** What is taken away on a machine that counts as undisturbed. */
const little = 0.01;

/**
 * The turns that count, by their numbers from 0: all in which little was taken away, or else the calmer third. What they
 * cost has no say in it.
 *
 * @param shares of each turn
 */
export function calmTurns(shares: readonly number[]): number[] {
  const third = shares.toSorted((a, b) => a - b)[Math.ceil(shares.length / 3) - 1] ?? 0;
  const most = Math.max(little, third);
  return shares.flatMap((share, turn) => (share <= most ? [turn] : []));
}
