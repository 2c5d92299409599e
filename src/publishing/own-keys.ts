/**
 * @module
 * The keys that a process signs with, as a state file remembers them.
 */
import { withoutPrivateHalf } from '../keys/public-jwk.ts';
import type { PublishedKey } from '../keys/published-keys.ts';
import { type KeyRing, publishedAt, publishedUntil } from '../keys/rotation.ts';

/**
 * A process that is gone confirms its keys no more. They count as signing for this time after it did last, in
 * milliseconds: much longer than a file system is away without anybody noticing, and short beside most tokens.
 */
const lease = 3_600_000;

/** Times are rounded up to this, in milliseconds, so that most looks change nothing. */
const step = 300_000;

/** @param now milliseconds since the epoch */
export function ownKeys(rings: Iterable<KeyRing>, now: number): readonly PublishedKey[] {
  const signsUntil = Math.ceil(now / step) * step + lease;
  const keys: PublishedKey[] = [];
  for (const ring of rings) {
    for (const key of publishedAt(ring, now)) {
      const held = withoutPrivateHalf(key.held);
      if (held === undefined) continue;
      const until = Math.min(publishedUntil(ring, key), signsUntil + key.lifetime);
      keys.push({ held, algorithms: key.algorithms, since: now, until, activeFrom: key.activeFrom });
    }
  }
  return keys;
}
