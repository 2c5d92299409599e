/**
 * @module
 * Combines minters with different keys. The time of minting decides which one mints. There is no lookup during a term.
 */
import type { Minter } from './minter.ts';
import type { LastGiven } from './reuse.ts';

/** Begins at `from` (milliseconds since the epoch) and ends when the next term begins. */
export interface MintingTerm {
  readonly from: number;
  readonly minter: Minter;
}

/**
 * @param terms in order; the first is also used before it begins
 * @param last of the minters of all terms: no token is given again after the term in which it was minted
 */
export function rotatingMinter(terms: readonly MintingTerm[], last?: LastGiven): Minter {
  const [first, second] = terms;
  if (first === undefined) throw new TypeError('there is no term');
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
    // A clock may be set back.
    if (now >= until || now < since) turnTo(now);
    return current;
  };
  if (last === undefined) return { mint: (scope) => minterAt(scope.now).mint(scope) };
  return {
    mint(scope) {
      const token = minterAt(scope.now).mint(scope);
      if (until < last.until) last.until = until;
      return token;
    },
  };
}
