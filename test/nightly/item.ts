/**
 * @module
 * One thing that a night runs: a program, and when it is left out.
 */

export interface Item {
  /** `search/frames`: what `--only` names, wholly or up to a slash. */
  readonly name: string;
  /** Whether it takes as long as it is given; else it takes its own time. */
  readonly isTimed: boolean;
  /**
   * Fetches what it needs.
   *
   * @param seconds how long it should take; undefined for as long as it takes to be whole
   * @throws Left if it cannot run here
   */
  prepare(seconds: number | undefined): Promise<Run>;
}

export interface Run {
  /** Default: the Node that runs this. */
  readonly file?: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The exit code that says that the program cannot run here, if it has one. */
  readonly leftCode?: number;
}

/** Why an item is left out, as a part of a sentence. */
export class Left extends Error {
  override readonly name = 'Left';
}
