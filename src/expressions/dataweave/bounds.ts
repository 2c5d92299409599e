/**
 * @module
 * The limits of a DataWeave 2.x expression, in addition to those of every expression (`../limits.ts`).
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { Budget, boundedArray, boundedString, requireStringLength } from '../limits.ts';

export const dataweaveLimits = {
  /** Digits of a number on either side of the decimal point. */
  numberDigits: 1_000,
  /** The height of the tree, chains of operators included: `a ++ b ++ c` has height 3. */
  treeHeight: 400,
  /** The depth of function calls. It is the engine's default. */
  calls: 256,
  /**
   * The sum of the heights of all running function bodies. It bounds the JavaScript stack, which has room for some ten
   * thousand frames: each level takes two.
   */
  stack: 1_500,
  /** The nesting of arrays and objects, in inputs and in results. */
  dataDepth: 200,
  /** UTF-16 code units of a regular expression. */
  regexLength: 1_000,
  /** States of a regular expression: `[a-z]{100}` has a hundred. */
  regexStates: 2_000,
} as const;

/** Characters made or searched in one step, as a power of two. */
const charactersPerStep = 7;

/** Nodes of a called function's body in one step, as a power of two. */
const nodesPerStep = 2;

/** Counts the cost of one evaluation. */
export class Meter extends Budget {
  #calls = 0;
  #stack = 0;

  override restart(): void {
    super.restart();
    this.#calls = 0;
    this.#stack = 0;
  }

  /** @throws MintError `dataweave.too-many-calls` */
  enter({ height, size }: { readonly height: number; readonly size: number }): void {
    this.#calls += 1;
    this.#stack += height;
    this.charge(1 + (size >> nodesPerStep));
    if (this.#calls <= dataweaveLimits.calls && this.#stack <= dataweaveLimits.stack) return;
    throw new MintError(
      'dataweave.too-many-calls',
      `Function calls are nested more than ${dataweaveLimits.calls} deep.`,
    );
  }

  leave({ height }: { readonly height: number }): void {
    this.#calls -= 1;
    this.#stack -= height;
  }

  /** The current depth of calls, to restore after an error that `default` has caught. */
  mark(): readonly [calls: number, stack: number] {
    return [this.#calls, this.#stack];
  }

  returnTo([calls, stack]: readonly [calls: number, stack: number]): void {
    this.#calls = calls;
    this.#stack = stack;
  }

  /** Charges a string that the expression has made, and checks its length. */
  text(made: string): string {
    this.charge(1 + (made.length >> charactersPerStep));
    return boundedString(made);
  }

  /** The same before the string is made. */
  textOf(length: number): void {
    requireStringLength(length);
    this.charge(1 + (length >> charactersPerStep));
  }

  /** Charges one pass over a string. */
  scan(text: string): void {
    this.charge(1 + (text.length >> charactersPerStep));
  }

  /** Charges the steps and returns the value. */
  charged<T>(value: T, steps: number): T {
    this.charge(steps);
    return value;
  }

  /** The UTF-16 code units of a string. They are charged before the array is made. */
  characters(text: string): readonly string[] {
    return this.items(text).split('');
  }

  /** Charges items that are visited or put into an array, and checks their number. */
  items<T extends { readonly length: number }>(items: T): T {
    this.charge(items.length);
    return boundedArray(items);
  }
}

/** @throws MintError `dataweave.too-deep` */
export function requireDepth(depth: number): void {
  if (depth <= dataweaveLimits.dataDepth) return;
  throw new MintError('dataweave.too-deep', `Values are nested more than ${dataweaveLimits.dataDepth} deep.`);
}
