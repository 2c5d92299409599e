/**
 * @module
 * The memory for reused tokens, which all policies of one configuration share: a thousand busy policies must not use a
 * thousand times the limit of one. When the limit is reached, the oldest token of any policy is dropped. Each request
 * drops a few expired tokens of any policy.
 */

/** A token that is kept, linked to those that were minted before and after it. */
export interface KeptToken {
  readonly key: string;
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** When the token itself expires; undefined if it does not, or if it is reused only within its second. */
  readonly expires: number | undefined;
  /** From when a request that gets it makes the next one. */
  refreshAt: number;
  readonly bytes: number;
  /**
   * Finds tokens by their key, forgets those that the memory drops, and counts those that are dropped before they
   * expire.
   */
  readonly owner: { delete(key: string): unknown; readonly evicted: { increment(): void } };
  older: KeptToken | undefined;
  newer: KeptToken | undefined;
}

/** Whether tokens are reused within their second or for longer. The oldest token expires first only within one kind. */
export type Lifetime = 'second' | 'longer';

/** How many expired tokens a request drops. A request adds one token at most, so expired tokens do not accumulate. */
const maxDrops = 2;

export class ReuseMemory {
  /** Maximum size of all tokens and their keys, in bytes. */
  readonly limit: number;
  readonly #lanes: Readonly<Record<Lifetime, Lane>> = { second: new Lane(), longer: new Lane() };
  #bytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The size of what is kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a token, which must not be larger than the limit. Older tokens are dropped first.
   *
   * @param now milliseconds since the epoch
   */
  add(kept: KeptToken, lifetime: Lifetime, now: number): void {
    while (this.#bytes + kept.bytes > this.limit && this.#dropOldest(now));
    this.#lanes[lifetime].add(kept);
    this.#bytes += kept.bytes;
  }

  /** Drops a token, also from its owner. */
  drop(kept: KeptToken, lifetime: Lifetime): void {
    kept.owner.delete(kept.key);
    this.#lanes[lifetime].remove(kept);
    this.#bytes -= kept.bytes;
  }

  /** @param now milliseconds since the epoch */
  dropExpired(now: number): void {
    this.#dropExpiredOf('second', now);
    this.#dropExpiredOf('longer', now);
  }

  #dropExpiredOf(lifetime: Lifetime, now: number): void {
    for (let dropped = 0; dropped < maxDrops; dropped++) {
      const { oldest } = this.#lanes[lifetime];
      if (oldest === undefined || oldest.until > now) return;
      this.drop(oldest, lifetime);
    }
  }

  #dropOldest(now: number): boolean {
    const { second, longer } = this.#lanes;
    const lifetime =
      (longer.oldest?.from ?? Number.POSITIVE_INFINITY) < (second.oldest?.from ?? Number.POSITIVE_INFINITY)
        ? 'longer'
        : 'second';
    const { oldest } = this.#lanes[lifetime];
    if (oldest === undefined) return false;
    if (oldest.until > now) oldest.owner.evicted.increment();
    this.drop(oldest, lifetime);
    return true;
  }
}

/** A linked list from the oldest token to the newest. Adding and removing a token need no search. */
class Lane {
  oldest: KeptToken | undefined;
  #newest: KeptToken | undefined;

  add(kept: KeptToken): void {
    kept.older = this.#newest;
    if (this.#newest === undefined) this.oldest = kept;
    else this.#newest.newer = kept;
    this.#newest = kept;
  }

  remove(kept: KeptToken): void {
    const { older, newer } = kept;
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
