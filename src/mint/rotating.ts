/**
 * @module
 * One minter out of several that take over from each other: each holds one key, and the time of minting says whose term
 * it is. Nothing is looked up while a term lasts.
 */
import type { Minter } from './minter.ts';

/** From `from` on (milliseconds since the epoch), until the next term begins. */
export interface MintingTerm {
  readonly from: number;
  readonly minter: Minter;
}

/** @param terms by their beginnings, the earliest first; it also stands for the time before */
export function rotatingMinter(terms: readonly MintingTerm[]): Minter {
  const [first, second] = terms;
  if (first === undefined) throw new TypeError('there is no term to mint in');
  if (second === undefined) return first.minter;
  let since = Number.POSITIVE_INFINITY;
  let until = Number.NEGATIVE_INFINITY;
  let current = first.minter;
  const turnTo = (now: number): void => {
    const index = Math.max(
      0,
      terms.findLastIndex(({ from }) => from <= now),
    );
    since = index === 0 ? Number.NEGATIVE_INFINITY : (terms[index]?.from ?? 0);
    until = terms[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    current = terms[index]?.minter ?? first.minter;
  };
  const minterAt = (now: number): Minter => {
    // A clock may also be set back.
    if (now >= until || now < since) turnTo(now);
    return current;
  };
  return { mint: (scope) => minterAt(scope.now).mint(scope) };
}
