/**
 * @module
 * Bounds what one source adds to the published set while its keys stay there. A peer that shows other keys at every
 * look would soon take all places, and the new keys of all others would be left out.
 */
import { keyId } from '../../keys/held-key.ts';
import type { SeenKey, Sight } from './seen-keys.ts';

/** Keys that one source may have in the set at a time. @internal Exported for the test at the limit. */
export const maxKeysOfShare = 256;

/** Bytes of their certificates. @internal Exported for the test at the limit. */
export const maxCertificateBytes = 262_144;

interface Charge {
  /** The source that showed the key first. Others that show it too are not charged. */
  readonly from: string;
  readonly bytes: number;
  /** When the key leaves the set, in milliseconds since the epoch. */
  until: number;
}

interface Share {
  keys: number;
  bytes: number;
}

export class SourceShares {
  readonly #lifetime: number;
  readonly #charges = new Map<string, Charge>();
  readonly #shares = new Map<string, Share>();

  /** @param lifetime how long a key stays published after it was shown, in milliseconds */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** The sights of a round, without keys for which a source has no place. @param now milliseconds since the epoch */
  within(sights: readonly Sight[], now: number): readonly Sight[] {
    for (const [id, { from, bytes, until }] of this.#charges) if (until <= now) this.#release(id, from, bytes);
    return sights.map((sight) => this.#ofSight(sight, now));
  }

  #ofSight(sight: Sight, now: number): Sight {
    const { from, keys = [], objections } = sight;
    const taken = keys.filter((key) => this.#takes(from, key, now));
    if (taken.length === keys.length) return sight;
    const objection = `It has shown more than ${maxKeysOfShare} keys, or ${maxCertificateBytes} bytes of certificates, that are still published; the rest is left out.`;
    return { from, keys: taken, objections: [...objections, objection] };
  }

  #takes(from: string, { held }: SeenKey, now: number): boolean {
    const bytes = held.certificates.reduce((sum, { length }) => sum + length, 0);
    const id = `${held.thumbprint} ${bytes} ${keyId(held)}`;
    const until = now + this.#lifetime;
    const known = this.#charges.get(id);
    if (known !== undefined) {
      known.until = until;
      return true;
    }
    const share = this.#shares.get(from) ?? { keys: 0, bytes: 0 };
    if (share.keys >= maxKeysOfShare || share.bytes + bytes > maxCertificateBytes) return false;
    share.keys++;
    share.bytes += bytes;
    this.#shares.set(from, share);
    this.#charges.set(id, { from, bytes, until });
    return true;
  }

  #release(id: string, from: string, bytes: number): void {
    this.#charges.delete(id);
    const share = this.#shares.get(from);
    if (share === undefined) return;
    share.keys--;
    share.bytes -= bytes;
    if (share.keys === 0) this.#shares.delete(from);
  }
}
