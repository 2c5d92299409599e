/**
 * @module
 * The configuration in force: one reference. A reload prepares another snapshot and then replaces the reference. A
 * request keeps the snapshot that it started with.
 */

import type { Snapshot } from '../configuration/snapshot.ts';
import type { Decide } from '../decision/decision.ts';

export interface Current {
  readonly snapshot: Snapshot;
  readonly decide: Decide;
}

export class InForce {
  readonly #decideBy: (snapshot: Snapshot) => Decide;
  #current: Current;

  /** @param decideBy creates the decision function of a snapshot; called once for each snapshot */
  constructor(first: Snapshot, decideBy: (snapshot: Snapshot) => Decide) {
    this.#decideBy = decideBy;
    this.#current = { snapshot: first, decide: decideBy(first) };
  }

  get current(): Current {
    return this.#current;
  }

  /** Prepares `next`. @returns a function that puts it in force and cannot fail */
  prepare(next: Snapshot): () => void {
    const current = { snapshot: next, decide: this.#decideBy(next) };
    return () => {
      this.#current = current;
    };
  }
}
