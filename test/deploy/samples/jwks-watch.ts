/**
 * @module
 * A verifier that fetches the JWKS of a pod all the time, and what it would have thought of the tokens: whether each
 * could be verified by what was published at its time, and a while before.
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';

type PublishedKey = JWK & { readonly kid: string };

interface Look {
  /** When it was asked for: what it shows was published then or soon after. */
  readonly at: number;
  readonly keys: ReadonlyMap<string, PublishedKey>;
}

/** Milliseconds between two looks. */
const interval = 25;

export class JwksWatch implements AsyncDisposable {
  readonly #looks: Look[] = [];
  readonly #end = new AbortController();
  readonly #watching: Promise<void>;

  constructor(url: string | undefined) {
    assert.ok(url, 'the sample publishes its keys');
    this.#watching = this.#watch(url);
  }

  get looks(): number {
    return this.#looks.length;
  }

  /** Returns when this many keys are published. */
  async until(keys: number): Promise<void> {
    while (this.#looks.at(-1)?.keys.size !== keys) await pause(interval);
  }

  /** What a verifier that last fetched at `time` knows; what was there first, for a pod that began later. */
  knownAt(time: number): ReadonlyMap<string, PublishedKey> {
    const look = this.#looks.findLast(({ at }) => at <= time) ?? this.#looks[0];
    assert.ok(look, 'the JWKS was never answered');
    return look.keys;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#watching;
  }

  async #watch(url: string): Promise<void> {
    while (!this.#end.signal.aborted) {
      const at = performance.now();
      const { keys } = (await (await fetch(url)).json()) as { keys: PublishedKey[] };
      this.#looks.push({ at, keys: new Map(keys.map((jwk) => [jwk.kid, jwk])) });
      await pause(interval);
    }
  }
}

export interface Minted {
  readonly token: string;
  /** When its answer was there. */
  readonly at: number;
}

/**
 * Every token verifies by the JWKS of every pod, fetched before the token was there, and fetched `age` milliseconds
 * before.
 *
 * @returns how many keys signed
 */
export async function judge(
  minted: readonly Minted[],
  watches: readonly JwksWatch[],
  age: number,
): Promise<{ readonly kids: number }> {
  const kids = new Set<string>();
  const imported = new Map<string, Awaited<ReturnType<typeof importJWK>>>();
  for (const { token, at } of minted) {
    const kid = decodeProtectedHeader(token).kid ?? '';
    kids.add(kid);
    for (const watch of watches) {
      const [now, before] = [watch.knownAt(at), watch.knownAt(at - age)];
      const jwk = now.get(kid);
      assert.ok(jwk, `no JWKS of the time has the key ${kid}`);
      assert.ok(before.has(kid), `no JWKS of ${age} ms before has the key ${kid}`);
      const text = JSON.stringify(jwk);
      const key = imported.get(text) ?? (await importJWK(jwk, 'RS256'));
      imported.set(text, key);
      await compactVerify(token, key);
    }
  }
  return { kids: kids.size };
}
