/**
 * @module
 * Checks each request at the upstream: it has exactly one token, of its own number, by a key of this run.
 */
import { type KeyObject, verify } from 'node:crypto';
import { type Seen, seenHeader } from '../../../demo/upstream.ts';
import { numberHeader, type SignerKeys } from './policies.ts';

interface Problem {
  readonly path: string;
  readonly reason: string;
}

/** So many problems are kept. All are counted. */
const shown = 20;

export class Arrivals {
  readonly #keys: SignerKeys;
  readonly #rsa: KeyObject;
  readonly #others: readonly KeyObject[];
  readonly #problems: Problem[] = [];
  wrong = 0;
  right = 0;
  /** Of the newest token with one. */
  generation = -1;
  /** Milliseconds by which the clock of mintproc may differ from the real one. */
  clocks: readonly number[] = [0];

  /** @param others ECDSA keys besides those that follow each other */
  constructor(keys: SignerKeys, rsa: KeyObject, others: readonly KeyObject[] = []) {
    this.#keys = keys;
    this.#rsa = rsa;
    this.#others = others;
  }

  get problems(): readonly string[] {
    return this.#problems.map(({ path, reason }) => `${path}: ${reason}`);
  }

  check(seen: Seen): void {
    const reason = this.#problemOf(seen);
    if (reason === undefined) {
      this.right += 1;
      return;
    }
    this.wrong += 1;
    if (this.#problems.length < shown) this.#problems.push({ path: seen.url, reason });
  }

  #problemOf(seen: Seen): string | undefined {
    const values = seenHeader(seen, 'authorization');
    if (values.length !== 1) return `${values.length} tokens`;
    const [, token = ''] = /^Bearer (\S+)$/.exec(values[0] ?? '') ?? [];
    const [header = '', payload = '', signature = ''] = token.split('.');
    if (signature === '') return 'no token';
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { readonly alg: string };
    const { sub, iat, exp, generation } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    const [number] = seenHeader(seen, numberHeader);
    if (sub !== number) return `the token of ${sub}, not of ${number}`;
    if (!this.clocks.some((ahead) => isTimely(iat, exp, (Date.now() + ahead) / 1000))) {
      return `issued at ${iat} and expires at ${exp}, at ${Math.floor(Date.now() / 1000)}`;
    }
    if (!this.#isSigned(alg, `${header}.${payload}`, signature)) return 'no key of this run has signed the token';
    this.generation = Math.max(this.generation, generation ?? -1);
    return undefined;
  }

  #isSigned(alg: string, input: string, signature: string): boolean {
    const [data, bytes] = [Buffer.from(input), Buffer.from(signature, 'base64url')];
    if (alg === 'RS256') return verify('sha256', data, this.#rsa, bytes);
    return [...this.#keys.recent, ...this.#others].some((key) =>
      verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, bytes),
    );
  }
}

/** Seconds for which a token is reused, and for which a stopped process may hold it. */
const oldest = 90;

/** @param now in seconds, which `iat` is rounded to */
function isTimely(iat: number, exp: number, now: number): boolean {
  return iat <= now + 1 && iat >= now - oldest && exp > now;
}

interface Claims {
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly generation?: number;
}
