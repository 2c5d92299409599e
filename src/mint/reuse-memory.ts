/**
 * @module
 * The memory that the tokens of all policies of one configuration share: a thousand busy policies must not hold a thousand
 * times what one may. Past the bound the oldest token of any policy makes room, and each request drops a few that have
 * expired, whichever policy they belong to.
 */

/** A token that is kept, linked with those that were minted before and after it. */
export interface KeptToken {
  readonly key: string;
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  readonly bytes: number;
  /** Finds tokens by their key, lets go of those that the memory drops, and counts those that it drops too early. */
  readonly owner: { delete(key: string): unknown; readonly evicted: { increment(): void } };
  older: KeptToken | undefined;
  newer: KeptToken | undefined;
}

/** How tokens live: within their second, or for longer. Only among their like do the oldest expire first. */
export type Lifetime = 'second' | 'longer';

/** More than the one that a request can add, so that what has expired is gone before long. */
const droppedAtOnce = 2;

export class ReuseMemory {
  /** Most bytes of all tokens and their keys. */
  readonly limit: number;
  readonly #lanes: Readonly<Record<Lifetime, Lane>> = { second: new Lane(), longer: new Lane() };
  #bytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** What is kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a token, which must not be larger than the limit; older ones make room first.
   *
   * @param now milliseconds since the epoch
   */
  add(kept: KeptToken, lifetime: Lifetime, now: number): void {
    while (this.#bytes + kept.bytes > this.limit && this.#dropOldest(now));
    this.#lanes[lifetime].add(kept);
    this.#bytes += kept.bytes;
  }

  /** Forgets a token; its owner is told. */
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
    for (let dropped = 0; dropped < droppedAtOnce; dropped++) {
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

/** A list from the oldest to the newest: both ends, and any of its members, are reached without a search. */
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
