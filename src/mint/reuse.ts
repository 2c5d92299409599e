/**
 * @module
 * Reuses a token for requests that would get an equal one, so it is signed once (docs/decisions/0041).
 *
 * By default a token is reused within the second in which it was issued. The reused token does not differ from a new
 * one, because time claims count whole seconds. A policy may choose a longer time, but never beyond the token's expiry.
 *
 * Two requests get one token only if every value that the policy computes for them is the same. The key of an entry
 * consists of those values, each with its length before it, so no crafted value can look like two others. Each minter
 * has its own entries, so an entry belongs to one plan and one key. A reload or a rotation makes new minters without
 * entries.
 */
import { Later, waitsForNothing } from '../diagnostics/later.ts';
import type { Minter, StagedMinter } from './minter.ts';
import type { KeptToken, Lifetime, ReuseMemory } from './reuse-memory.ts';
import type { Values } from './values.ts';

export interface ReuseLimits {
  /** How long a token is reused, in milliseconds; 0: within its second. */
  readonly for: number;
  /** How long a reused token must still be valid, in milliseconds. */
  readonly leeway: number;
  /** How long before its end a token is made anew, in milliseconds; 0: when it has ended. */
  readonly refreshAhead: number;
  /** Maximum number of tokens that are kept. */
  readonly entries: number;
  /** Maximum size of the tokens and their keys, in bytes. */
  readonly bytes: number;
}

export interface ReuseCounters {
  readonly hit: { increment(): void };
  readonly miss: { increment(): void };
  /** Counts tokens that were dropped before they expired. */
  readonly evicted: { increment(): void };
  /** Gets the seconds until a reused token expires, except for tokens that are reused only within their second. */
  readonly lifetime?: { observe(seconds: number): void } | undefined;
}

/** Of the token that a policy gave last. Read it before another request runs. */
export interface LastGiven {
  /** Until when the policy may give it again, in milliseconds since the epoch; -Infinity if it may not. */
  until: number;
}

/** Of a policy that has given no token. */
export function nothingGiven(): LastGiven {
  return { until: never };
}

const never = Number.NEGATIVE_INFINITY;

/** What a policy keeps now. */
export interface ReuseSize {
  readonly entries: number;
  readonly bytes: number;
}

export interface ReusingMinter extends Minter {
  readonly kept: ReuseSize;
}

/**
 * A minter that calls `minter` only if no earlier token can be reused. Its plan must not generate anything new for each
 * token.
 *
 * With `refreshAhead`, a request that gets a token near its end also has the next one made, so that no request waits
 * for it. A token that no request gets any more is not made anew.
 *
 * @param memory shared with the other policies
 * @param afterwards runs work when the requests that have arrived are answered
 * @param last gets the end of each token; of one that arrives later, none
 */
export function reusing(
  minter: StagedMinter,
  limits: ReuseLimits,
  counters: ReuseCounters,
  memory: ReuseMemory,
  afterwards: (work: () => void) => void,
  last: LastGiven = nothingGiven(),
): ReusingMinter {
  const tokens = new Tokens(limits, memory, counters.evicted);
  const awaited = new AwaitedTokens(limits.for === 0 ? 1000 : limits.for);
  const hit = <T>(known: T): T => {
    counters.hit.increment();
    return known;
  };
  const reused = ({ token, expires, until }: KeptToken, now: number): string => {
    last.until = until;
    if (expires !== undefined) counters.lifetime?.observe((expires - now) / 1000);
    return hit(token);
  };
  const keptLater = (key: string, values: Values, token: Later<string>, now: number): Later<string> =>
    token.map((made) => {
      tokens.keep(key, values, made, now);
      return made;
    });
  const renew = (kept: KeptToken, values: Values, now: number): void => {
    const tryAgain = (): void => {
      kept.refreshAt = now + refreshPause;
    };
    try {
      const token = minter.write(values, now);
      if (token instanceof Later) token.listen((made) => tokens.keep(kept.key, values, made, now), tryAgain);
      else tokens.keep(kept.key, values, token, now);
    } catch {
      // The requests have their token until it ends. If this goes on, the next one gets the error.
      tryAgain();
    }
  };
  const reuse = (kept: KeptToken, values: Values, now: number): string => {
    if (now >= kept.refreshAt) {
      kept.refreshAt = Number.POSITIVE_INFINITY;
      const own = ownCopy(values);
      // An object may be read from the memory of the request, which is gone later.
      if (own === undefined) renew(kept, values, now);
      else afterwards(() => renew(kept, own, now));
    }
    return reused(kept, now);
  };
  return {
    kept: tokens,
    mint(scope) {
      const { now } = scope;
      const values = minter.evaluate(scope);
      const again = tokens.again(values, now);
      if (again !== undefined) return reuse(again, values, now);
      const key = keyOf(values);
      const known = tokens.find(key, now);
      if (known !== undefined) return reuse(known, values, now);
      last.until = never;
      const coming = awaited.find(key, now);
      if (coming !== undefined) return hit(coming);
      counters.miss.increment();
      const token = minter.write(values, now);
      if (token instanceof Later) return awaited.add(key, now, keptLater(key, values, token, now));
      last.until = tokens.keep(key, values, token, now);
      return token;
    },
  };
}

/**
 * Tokens that are being signed. A request for the same token waits for it. Otherwise each second would begin with a
 * signature for every request in flight. There are no more of these tokens than requests in flight.
 */
class AwaitedTokens {
  readonly #tokens = new Map<string, Later<string>>();
  readonly #time: number;

  /** @param time milliseconds for which a token may be reused */
  constructor(time: number) {
    this.#time = time;
  }

  /** The token for the same values in the same period. */
  find(key: string, now: number): Later<string> | undefined {
    // The map is nearly always empty. A lookup would make V8 move the key to its old objects.
    return this.#tokens.size === 0 ? undefined : this.#tokens.get(this.#keyAt(key, now));
  }

  add(key: string, now: number, token: Later<string>): Later<string> {
    const keyNow = this.#keyAt(key, now);
    const remove = (): void => void this.#tokens.delete(keyNow);
    this.#tokens.set(keyNow, token);
    // The first listener, so that later requests do not get an error that is over.
    token.listen(remove, remove, waitsForNothing);
    return token;
  }

  #keyAt(key: string, now: number): string {
    return `${Math.floor(now / this.#time)} ${key}`;
  }
}

/**
 * The key for values. `"` marks a string, which is written as it is; `:` marks anything else, which is written as JSON.
 * @internal Exported for the test that no two lists of values have one key.
 */
export function keyOf(values: Values): string {
  let key = '';
  for (const value of values) {
    if (typeof value === 'string') {
      key += `${value.length}"${value}`;
    } else {
      const text = JSON.stringify(value) ?? '';
      key += `${text.length}:${text}`;
    }
  }
  return key;
}

/** After a token could not be made anew, in milliseconds. */
const refreshPause = 1_000;

/** The approximate size of an entry without its strings. */
const entryBytes = 150;

interface Latest {
  readonly values: Values;
  readonly kept: KeptToken;
}

function isGood({ from, until }: KeptToken, now: number): boolean {
  return now >= from && now < until;
}

/** Whether both can have the same token. */
function areSame(ones: Values, others: Values): boolean {
  for (let at = 0; at < ones.length; at++) if (ones[at] !== others[at]) return false;
  return true;
}

/**
 * A copy of values for later comparisons. A substring of a request would keep the whole request in memory, so strings
 * are built anew. Undefined if a value is an object: objects differ between requests, and may be large.
 */
function ownCopy(values: Values): Values | undefined {
  if (values.some((value) => typeof value === 'object' && value !== null)) return undefined;
  return values.map((value) => (typeof value === 'string' ? ` ${value}`.slice(1) : value));
}

class Tokens implements ReuseSize {
  readonly #limits: ReuseLimits;
  readonly #memory: ReuseMemory;
  readonly #lifetime: Lifetime;
  /** In the order of minting. */
  readonly #kept = new Map<string, KeptToken>();
  readonly #owner: KeptToken['owner'];
  readonly #evicted: ReuseCounters['evicted'];
  #latest: Latest | undefined;
  #bytes = 0;

  constructor(limits: ReuseLimits, memory: ReuseMemory, evicted: ReuseCounters['evicted']) {
    this.#limits = limits;
    this.#memory = memory;
    this.#lifetime = limits.for === 0 ? 'second' : 'longer';
    this.#evicted = evicted;
    this.#owner = { delete: (key) => this.#delete(key), evicted };
  }

  get entries(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The token that was minted last, if it is for these values. No key is needed then. */
  again(values: Values, now: number): KeptToken | undefined {
    this.#memory.dropExpired(now);
    const latest = this.#latest;
    return latest !== undefined && isGood(latest.kept, now) && areSame(values, latest.values) ? latest.kept : undefined;
  }

  /** Call it after `again`. */
  find(key: string, now: number): KeptToken | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && isGood(kept, now) ? kept : undefined;
  }

  /** @param key of `values` @returns until when the token is kept; -Infinity if it is not */
  keep(key: string, values: Values, token: string, now: number): number {
    const bytes = 2 * key.length + token.length + entryBytes;
    if (bytes > this.#limits.bytes || bytes > this.#memory.limit) return never;
    this.#drop(this.#kept.get(key));
    const { from, until, expires } = this.#periodOf(token, now);
    if (until <= now) return never;
    while (this.#kept.size >= this.#limits.entries || this.#bytes + bytes > this.#limits.bytes) {
      const [oldest] = this.#kept.values();
      if (oldest === undefined) return never;
      if (oldest.until > now) this.#evicted.increment();
      this.#drop(oldest);
    }
    const refreshAt = this.#refreshAt(now, until);
    const kept = {
      key,
      token,
      from,
      until,
      expires,
      refreshAt,
      bytes,
      owner: this.#owner,
      older: undefined,
      newer: undefined,
    };
    this.#memory.add(kept, this.#lifetime, now);
    this.#kept.set(key, kept);
    const copy = ownCopy(values);
    this.#latest = copy && { values: copy, kept };
    this.#bytes += bytes;
    return until;
  }

  #drop(kept: KeptToken | undefined): void {
    if (kept !== undefined) this.#memory.drop(kept, this.#lifetime);
  }

  #delete(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
    if (this.#latest?.kept.key === key) this.#latest = undefined;
  }

  /** Not in the first half of its time, so that a short-lived token is not made anew for each request. */
  #refreshAt(now: number, until: number): number {
    const { refreshAhead } = this.#limits;
    return refreshAhead === 0 ? Number.POSITIVE_INFINITY : Math.max(until - refreshAhead, (now + until) / 2);
  }

  #periodOf(token: string, now: number): Pick<KeptToken, 'from' | 'until' | 'expires'> {
    const second = Math.floor(now / 1000) * 1000;
    // Within its second, a token is also valid for the part of the second before it was minted.
    if (this.#limits.for === 0) return { from: second, until: second + 1000, expires: undefined };
    const expires = expiryOf(token);
    const end = now + this.#limits.for;
    const until = expires === undefined ? end : Math.min(end, expires - this.#limits.leeway);
    return { from: now, until, expires };
  }
}

/** The claim `exp` of a signed token, in milliseconds, if it is a number. */
function expiryOf(token: string): number | undefined {
  const [, payload = ''] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
  return typeof exp === 'number' ? exp * 1000 : undefined;
}
