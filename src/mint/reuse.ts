/**
 * @module
 * A token that is minted again though nothing has changed is the same token: it is signed once and given out again.
 *
 * Within its second nobody can tell, since every time claim counts whole seconds. For longer only by choice, and never
 * past the token's expiry. Two requests get one token only where every value that the policy computes for them is the
 * same: the key of an entry is made of those values, one by one, each with its length before it, so that no crafted value
 * can pass for two others. An entry belongs to one plan and one key, since each minter has entries of its own; a
 * reload or a rotation makes new minters, and with them empty ones (docs/decisions/0041).
 */
import { Later } from '../diagnostics/later.ts';
import type { Minter, StagedMinter } from './minter.ts';
import type { KeptToken, Lifetime, ReuseMemory } from './reuse-memory.ts';
import type { Values } from './values.ts';

export interface ReuseLimits {
  /** Milliseconds for which a token is given out again; 0: within its second. */
  readonly for: number;
  /** Milliseconds that a token must still be valid for. */
  readonly leeway: number;
  /** Most tokens that are kept. */
  readonly entries: number;
  /** Most bytes of them and their keys. */
  readonly bytes: number;
}

export interface ReuseCounters {
  readonly hit: { increment(): void };
  readonly miss: { increment(): void };
  /** Tokens that could still have been given out again and made room for others. */
  readonly evicted: { increment(): void };
}

/** What a policy keeps at this moment. */
export interface KeptTokens {
  readonly entries: number;
  readonly bytes: number;
}

export interface ReusingMinter extends Minter {
  readonly kept: KeptTokens;
}

/** `minter`, asked only where no earlier token will do. Its plan must draw nothing that is new for each token; `memory` is shared with
 * the other policies. */
export function reusing(
  minter: StagedMinter,
  limits: ReuseLimits,
  counters: ReuseCounters,
  memory: ReuseMemory,
): ReusingMinter {
  const tokens = new Tokens(limits, memory, counters.evicted);
  const awaited = new AwaitedTokens();
  const hit = <T>(known: T): T => {
    counters.hit.increment();
    return known;
  };
  const keptLater = (key: string, values: Values, token: Later<string>, now: number): Later<string> =>
    token.map((made) => {
      tokens.keep(key, values, made, now);
      return made;
    });
  return {
    kept: tokens,
    mint(scope) {
      const { now } = scope;
      const values = minter.evaluate(scope);
      const again = tokens.again(values, now);
      if (again !== undefined) return hit(again);
      const key = keyOf(values);
      const known = tokens.find(key, now) ?? awaited.find(key, now);
      if (known !== undefined) return hit(known);
      counters.miss.increment();
      const token = minter.write(values, now);
      if (token instanceof Later) return awaited.add(key, now, keptLater(key, values, token, now));
      tokens.keep(key, values, token, now);
      return token;
    },
  };
}

/**
 * Tokens that are being signed. Whoever needs the same one meanwhile waits for it, so that a second does not begin with a
 * signature for each request in flight. There are no more of them than requests in flight.
 */
class AwaitedTokens {
  readonly #tokens = new Map<string, Later<string>>();

  /** The token of the same second, and so the very same. */
  find(key: string, now: number): Later<string> | undefined {
    // Nearly always empty, and V8 would move the string that it looks for among its old objects.
    return this.#tokens.size === 0 ? undefined : this.#tokens.get(keyInSecond(key, now));
  }

  add(key: string, now: number, token: Later<string>): Later<string> {
    const keyNow = keyInSecond(key, now);
    const remove = (): void => void this.#tokens.delete(keyNow);
    this.#tokens.set(keyNow, token);
    // First of all who listen, so that an error is not given to requests that come after it.
    token.listen(remove, remove);
    return token;
  }
}

function keyInSecond(key: string, now: number): string {
  return `${Math.floor(now / 1000)} ${key}`;
}

/** A string stands for itself, and JSON for all else; what is left out has no text at all. The sign tells which. */
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

/** An entry's share of memory beside its texts, roughly. */
const entryBytes = 150;

interface Latest {
  readonly values: Values;
  readonly kept: KeptToken;
}

function isGood({ from, until }: KeptToken, now: number): boolean {
  return now >= from && now < until;
}

/** Whether the same token is one for both. */
function areSame(ones: Values, others: Values): boolean {
  for (let at = 0; at < ones.length; at++) if (ones[at] !== others[at]) return false;
  return true;
}

/**
 * Values to compare others with later. A text that was cut out of a request would keep all of the request in memory; one that
 * is put together anew does not. Undefined where some are objects: each request has its own, as large as it likes.
 */
function ownCopy(values: Values): Values | undefined {
  if (values.some((value) => typeof value === 'object' && value !== null)) return undefined;
  return values.map((value) => (typeof value === 'string' ? ` ${value}`.slice(1) : value));
}

class Tokens implements KeptTokens {
  readonly #limits: ReuseLimits;
  readonly #memory: ReuseMemory;
  readonly #lifetime: Lifetime;
  /** In the order in which they were minted. */
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

  /** The token that was minted last, where it is one for these values: no key is made then. */
  again(values: Values, now: number): string | undefined {
    this.#memory.dropExpired(now);
    const latest = this.#latest;
    return latest !== undefined && isGood(latest.kept, now) && areSame(values, latest.values)
      ? latest.kept.token
      : undefined;
  }

  /** To be asked after `again`. */
  find(key: string, now: number): string | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && isGood(kept, now) ? kept.token : undefined;
  }

  /** @param key of `values` */
  keep(key: string, values: Values, token: string, now: number): void {
    const bytes = 2 * key.length + token.length + entryBytes;
    if (bytes > this.#limits.bytes || bytes > this.#memory.limit) return;
    this.#drop(this.#kept.get(key));
    // Within its second a token also stands for the part of the second before it.
    const from = this.#limits.for === 0 ? Math.floor(now / 1000) * 1000 : now;
    const until = this.#limits.for === 0 ? from + 1000 : this.#until(token, now);
    if (until <= now) return;
    while (this.#kept.size >= this.#limits.entries || this.#bytes + bytes > this.#limits.bytes) {
      const [oldest] = this.#kept.values();
      if (oldest === undefined) return;
      if (oldest.until > now) this.#evicted.increment();
      this.#drop(oldest);
    }
    const kept = { key, token, from, until, bytes, owner: this.#owner, older: undefined, newer: undefined };
    this.#memory.add(kept, this.#lifetime, now);
    this.#kept.set(key, kept);
    const copy = ownCopy(values);
    this.#latest = copy && { values: copy, kept };
    this.#bytes += bytes;
  }

  #drop(kept: KeptToken | undefined): void {
    if (kept !== undefined) this.#memory.drop(kept, this.#lifetime);
  }

  #delete(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
    if (this.#latest?.kept.key === key) this.#latest = undefined;
  }

  #until(token: string, now: number): number {
    const end = now + this.#limits.for;
    const expiry = expiryOf(token);
    return expiry === undefined ? end : Math.min(end, expiry * 1000 - this.#limits.leeway);
  }
}

/** The claim `exp` of a signed token, in seconds; undefined where it has none that can be read. */
function expiryOf(token: string): number | undefined {
  const [, payload = ''] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
  return typeof exp === 'number' ? exp : undefined;
}
