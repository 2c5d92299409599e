/**
 * @module
 * The keys that policies sign with, those that came before included, and how a recipient finds the right one.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';

/** Keys follow each other, and come back: the generation of an RSA key is slow. */
const kept = 4;

export class Ring {
  readonly #pairs: readonly { readonly pem: string; readonly key: KeyObject; readonly kid: string }[];
  readonly #hash: { readonly dsaEncoding: 'ieee-p1363' } | object;
  #current = 0;

  private constructor(kind: 'ec' | 'rsa', keys: readonly KeyObject[]) {
    this.#hash = kind === 'ec' ? { dsaEncoding: 'ieee-p1363' } : {};
    this.#pairs = keys.map((privateKey) => {
      const key = createPublicKey(privateKey);
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      return { pem, key, kid: thumbprint(key) };
    });
  }

  static of(kind: 'ec' | 'rsa'): Ring {
    const keys = Array.from({ length: kept }, () =>
      kind === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
        : generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    );
    return new Ring(kind, keys);
  }

  /** A key on a curve that stays. */
  static ofOne(key: KeyObject): Ring {
    return new Ring('ec', [key]);
  }

  /** The private key that is in force, or that will be. */
  get pem(): string {
    return this.#pairs[this.#current]?.pem ?? '';
  }

  /** @returns the private key of the next one */
  next(): string {
    this.#current = (this.#current + 1) % this.#pairs.length;
    return this.pem;
  }

  /** Whether one of the keys has signed it: that with the name in its header, if there is one. */
  verifies(token: string): 'by the current key' | 'by an earlier key' | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { readonly kid?: string };
    const input = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature, 'base64url');
    const signed = this.#pairs.findIndex((pair) => {
      if (kid !== undefined && kid !== pair.kid) return false;
      return verify('sha256', input, { key: pair.key, ...this.#hash }, bytes);
    });
    if (signed === -1) return undefined;
    return signed === this.#current ? 'by the current key' : 'by an earlier key';
  }
}

/** RFC 7638. */
function thumbprint(key: KeyObject): string {
  const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
  const json = JSON.stringify(kty === 'EC' ? { crv, kty, x, y } : { e, kty, n });
  return createHash('sha256').update(json).digest('base64url');
}
