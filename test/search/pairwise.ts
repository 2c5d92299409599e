/**
 * @module
 * Combinations of settings, in an order in which the first few hold every pair of values.
 */
import { Dice } from './dice.ts';

/** Each setting's values, by its name. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;
/** One value of each. */
export type Combination<F extends Factors> = { readonly [Name in keyof F]: F[Name][number] };

export interface Ordered<F extends Factors> {
  /** Every combination once. */
  readonly combinations: readonly Combination<F>[];
  /** How many of them, from the first, hold each pair of values of two settings. */
  readonly pairwise: number;
}

/** The whole product. Which of the combinations that serve as well comes first, the seed says. */
export function ordered<F extends Factors>(factors: F, seed: number): Ordered<F> {
  const rest = shuffled(product(factors), new Dice(seed));
  const missing = new Set(rest.flatMap(pairsOf));
  const first: Combination<F>[] = [];
  while (missing.size > 0) {
    const [best] = rest.splice(indexOfMost(rest.map((row) => countOf(row, missing))), 1);
    if (best === undefined) throw new Error('a pair that no combination holds');
    for (const pair of pairsOf(best)) missing.delete(pair);
    first.push(best);
  }
  return { combinations: [...first, ...rest], pairwise: first.length };
}

function product<F extends Factors>(factors: F): Combination<F>[] {
  let rows: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(factors)) {
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  }
  return rows as Combination<F>[];
}

function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(dice.roll(left.length), 1));
}

/** Each pair of the values of two settings, as a text. */
export function pairsOf(row: Readonly<Record<string, unknown>>): string[] {
  const settings = Object.entries(row).map((setting) => JSON.stringify(setting));
  return settings.flatMap((one, at) => settings.slice(at + 1).map((other) => `${one} ${other}`));
}

function countOf(row: Readonly<Record<string, unknown>>, wanted: ReadonlySet<string>): number {
  return pairsOf(row).filter((pair) => wanted.has(pair)).length;
}

function indexOfMost(counts: readonly number[]): number {
  return counts.indexOf(Math.max(...counts));
}
