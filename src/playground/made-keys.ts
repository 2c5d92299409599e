/**
 * @module
 * The keys that the playground makes. They are kept for the whole session, so that a token changes only where its
 * policy does, and a run is not slowed down by new RSA keys.
 */
import type { KeyObject } from 'node:crypto';
import { StandInKeys, type StandInOptions } from '../configuration/keys/stand-in-keys.ts';

/** Keys for one algorithm; more of them share the last. @internal Exported for the test at the limit. */
export const maxKeys = 16;

export class MadeKeys {
  readonly #keys = new Map<string, KeyObject[]>();

  /** For one load: its first key of an algorithm is always the same, and so are the next ones. */
  forRun(): StandInKeys {
    const used = new Map<string, number>();
    const keyFor: StandInOptions['keyFor'] = ({ role, algorithm, generate }) => {
      const id = JSON.stringify([role, algorithm]);
      const keys = this.#keys.get(id) ?? [];
      this.#keys.set(id, keys);
      const place = Math.min(used.get(id) ?? 0, maxKeys - 1);
      used.set(id, place + 1);
      const key = keys[place] ?? generate();
      keys[place] = key;
      return key;
    };
    return new StandInKeys({ areForAll: true, keyFor });
  }
}
