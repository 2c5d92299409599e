/**
 * @module
 * What a DataWeave 2.x expression may cost beyond the bounds of every expression (`../limits.ts`).
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { Budget, boundedArray, boundedString, requireStringLength } from '../limits.ts';

export const dataweaveLimits = {
  /** Digits of a number, on either side of the point. */
  numberDigits: 1_000,
  /** The height of the tree, chains of operators included: `a ++ b ++ c` has height 3. */
  treeHeight: 400,
  /** Functions that call each other, one inside the other; the engine's own default is 256. */
  calls: 256,
  /**
   * The heights of the bodies of functions that are running, added up: bounds the stack. Two frames of JavaScript
   * for each, of some ten thousand.
   */
  stack: 1_500,
  /** Arrays and objects inside each other, in what is read and what is made. */
  dataDepth: 200,
  /** UTF-16 units of a regular expression. */
  regexLength: 1_000,
  /** States of a regular expression: `[a-z]{100}` has a hundred. */
  regexStates: 2_000,
} as const;

/** This many characters made or searched count as one step, as a power of two. */
const charactersPerStep = 7;

/** And so many nodes of the body of a function that is called. */
const nodesPerStep = 2;

/** Counts what one evaluation costs. */
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
      `Functions call each other more than ${dataweaveLimits.calls} deep.`,
    );
  }

  leave({ height }: { readonly height: number }): void {
    this.#calls -= 1;
    this.#stack -= height;
  }

  /** How deep the calls are, to return to after an error that `default` has caught. */
  mark(): readonly [calls: number, stack: number] {
    return [this.#calls, this.#stack];
  }

  returnTo([calls, stack]: readonly [calls: number, stack: number]): void {
    this.#calls = calls;
    this.#stack = stack;
  }

  /** A string that the expression has made: bounded by itself and together with all others. */
  text(made: string): string {
    this.charge(1 + (made.length >> charactersPerStep));
    return boundedString(made);
  }

  /** Before a string of this length is made. */
  textOf(length: number): void {
    requireStringLength(length);
    this.charge(1 + (length >> charactersPerStep));
  }

  /** Characters that are looked at once. */
  scan(text: string): void {
    this.charge(1 + (text.length >> charactersPerStep));
  }

  /** The value itself, when so many steps are paid for it. */
  charged<T>(value: T, steps: number): T {
    this.charge(steps);
    return value;
  }

  /** The UTF-16 units of a text, which are counted before they are an array. */
  characters(text: string): readonly string[] {
    return this.items(text).split('');
  }

  /** Items that are visited, or of which an array is made. */
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
