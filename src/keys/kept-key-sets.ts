/**
 * @module
 * JWK sets are asked for much more often than they change.
 */
import type { KeySets } from './key-set.ts';

interface Made {
  readonly parts: readonly unknown[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly sets: KeySets;
}

/** The sets that were made last. They are made anew when a part is another one, and when a key comes or ends. */
export class KeptKeySets {
  #made: Made | undefined;

  /**
   * @param now milliseconds since the epoch
   * @param parts what the sets are made of, always as many; a part that changes is another object
   */
  at(now: number, parts: readonly unknown[], make: () => KeySets): KeySets {
    const made = this.#made;
    const isOfThese = made?.parts.every((part, index) => part === parts[index]) === true;
    if (isOfThese && now >= made.since && now < made.sets.until) return made.sets;
    const sets = make();
    this.#made = { parts, since: now, sets };
    return sets;
  }
}
