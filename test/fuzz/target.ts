/**
 * @module
 * What a fuzz target is: one reader of the program, and what must hold for every input.
 */

/** A class of errors. */
type ErrorClass = abstract new (...args: never[]) => Error;

export interface FuzzTarget {
  /** In one sentence: what must hold for every input, besides what `check-input.ts` checks of every target. */
  readonly property: string;
  /** How the corpus writes the inputs. */
  readonly form: 'text' | 'bytes';
  /** Inputs to begin with, from the samples of the project. */
  seeds(): Iterable<string | Uint8Array>;
  /** Errors that are answers. Every other error is a finding. */
  readonly refusals?: readonly ErrorClass[];
  /** Words that an input is likely to need. */
  readonly words?: readonly string[];
  /** The longest input that is tried, in bytes. Default: 4,096. */
  readonly maxBytes?: number;
  /** Milliseconds of CPU that an input may take. Default: `usualMilliseconds`. */
  readonly maxMilliseconds?: number;
  /**
   * Reads the input.
   *
   * @returns how much came of it, in characters or bytes; undefined if `maxOutput` does not matter
   * @throws Error if the property does not hold
   */
  run(input: FuzzInput): number | undefined | Promise<undefined>;
  /** The most that may come of an input of this many bytes. */
  maxOutput?(bytes: number): number;
}

export interface FuzzInput {
  readonly bytes: Buffer;
  /** The bytes as UTF-8, with U+FFFD for what is not UTF-8. */
  readonly text: string;
}

/** Readers take less than a millisecond for such inputs. The rest is for a busy machine. */
export const usualMilliseconds = 1_000;

/** Fails if the property of a target does not hold. */
export function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(`The property does not hold: ${what}`);
}
