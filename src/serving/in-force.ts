/**
 * @module
 * What is in force now: one reference. To reload is to make another snapshot first and to exchange the reference then;
 * a request keeps what it took at its beginning.
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

  /** @param decideBy makes the decision of a snapshot, once for each snapshot */
  constructor(first: Snapshot, decideBy: (snapshot: Snapshot) => Decide) {
    this.#decideBy = decideBy;
    this.#current = { snapshot: first, decide: decideBy(first) };
  }

  get current(): Current {
    return this.#current;
  }

  /** Makes everything ready. @returns what puts `next` in force, which can no longer fail */
  prepare(next: Snapshot): () => void {
    const current = { snapshot: next, decide: this.#decideBy(next) };
    return () => {
      this.#current = current;
    };
  }
}
