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
import type { HeaderStep, Scope, TokenPlan } from '../plan/token-plan.ts';
import type { Minter } from './minter.ts';
import type { KeptToken, Lifetime, ReuseMemory } from './reuse-memory.ts';

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
}

type Content = Pick<TokenPlan, 'header' | 'claims' | 'encryption'>;

/** `minter`, asked only where no earlier token will do. The plan must draw nothing that is new for each token; `memory` is shared with
 * the other policies. */
export function reusing(
  minter: Minter,
  plan: Content,
  limits: ReuseLimits,
  counters: ReuseCounters,
  memory: ReuseMemory,
): Minter {
  const keyOf = compileKey([...plan.header, ...(plan.encryption?.header ?? []), ...plan.claims]);
  const tokens = new Tokens(limits, memory);
  return {
    mint(scope) {
      const key = keyOf(scope);
      const known = tokens.find(key, scope.now);
      if (known !== undefined) {
        counters.hit.increment();
        return known;
      }
      counters.miss.increment();
      const token = minter.mint(scope);
      tokens.keep(key, token, scope.now);
      return token;
    },
  };
}

/** Everything that can differ between two tokens of one plan, one key and one time. */
export function compileKey(steps: readonly HeaderStep[]): (scope: Scope) => string {
  const parts = steps.flatMap(compilePart);
  return (scope) => {
    let key = '';
    for (const part of parts) {
      const text = part(scope);
      key += `${text.length}:${text}`;
    }
    return key;
  };
}

type Part = (scope: Scope) => string;

/** JSON tells null from `"null"`; what is left out has no text at all. */
function compilePart(step: HeaderStep): Part[] {
  if (step.kind === 'members') return [(scope) => JSON.stringify(step.value.evaluate(scope)) ?? ''];
  if (step.kind !== 'computed') return [];
  const { name, value } = step;
  const valuePart: Part = (scope) => JSON.stringify(value.evaluate(scope)) ?? '';
  return typeof name === 'string' ? [valuePart] : [valuePart, (scope) => JSON.stringify(name.evaluate(scope)) ?? ''];
}

/** An entry's share of memory beside its texts, roughly. */
const entryBytes = 150;

class Tokens {
  readonly #limits: ReuseLimits;
  readonly #memory: ReuseMemory;
  readonly #lifetime: Lifetime;
  /** In the order in which they were minted. */
  readonly #kept = new Map<string, KeptToken>();
  readonly #owner: KeptToken['owner'];
  #bytes = 0;

  constructor(limits: ReuseLimits, memory: ReuseMemory) {
    this.#limits = limits;
    this.#memory = memory;
    this.#lifetime = limits.for === 0 ? 'second' : 'longer';
    this.#owner = { delete: (key) => this.#delete(key) };
  }

  find(key: string, now: number): string | undefined {
    this.#memory.dropExpired(now);
    const kept = this.#kept.get(key);
    return kept !== undefined && now >= kept.from && now < kept.until ? kept.token : undefined;
  }

  keep(key: string, token: string, now: number): void {
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
      this.#drop(oldest);
    }
    const kept = { key, token, from, until, bytes, owner: this.#owner, older: undefined, newer: undefined };
    this.#memory.add(kept, this.#lifetime);
    this.#kept.set(key, kept);
    this.#bytes += bytes;
  }

  #drop(kept: KeptToken | undefined): void {
    if (kept !== undefined) this.#memory.drop(kept, this.#lifetime);
  }

  #delete(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
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
