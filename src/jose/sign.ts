/**
 * @module
 * Signs a JWS signing input (RFC 7515 section 5.1). The way is chosen once, when a policy loads.
 *
 * node:crypto and not the `jose` package: WebCrypto is asynchronous throughout and costs two to four times the signature
 * itself (docs/decisions/0002).
 */
import { constants, createHmac, type KeyObject, sign } from 'node:crypto';
import type { Later } from '../diagnostics/later.ts';
import type { EcAlgorithm, RsaAlgorithm, SignatureAlgorithm } from './algorithms.ts';
import { asciiBytes } from './text-bytes.ts';

/**
 * Signs an ASCII signing input; the result is the signature in base64url. It may arrive later, as from a signer outside the
 * process.
 */
export type Sign = (signingInput: string) => string | Later<string>;

/** Signs in the turn in which it is called. */
export type SignAtOnce = (signingInput: string) => string;

/** A signer for a key that `checkSigningKey` found fit for the algorithm. */
export function createSigner(algorithm: SignatureAlgorithm, key: KeyObject): SignAtOnce {
  switch (algorithm.family) {
    case 'hmac':
      return (input) => createHmac(algorithm.hash, key).update(input, 'latin1').digest('base64url');
    case 'rsa':
    case 'rsa-pss':
      return asymmetric(algorithm.hash, rsaKey(algorithm, key));
    case 'ec':
      return ecdsa(algorithm, key);
    case 'ed':
    case 'ml-dsa':
      return asymmetric(null, { key });
  }
}

type PrivateKey = Extract<Parameters<typeof sign>[2], { key: unknown }>;

function rsaKey({ family }: RsaAlgorithm, key: KeyObject): PrivateKey {
  if (family === 'rsa') return { key, padding: constants.RSA_PKCS1_PADDING };
  // RFC 7518 section 3.5: the salt is as long as the hash.
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function asymmetric(hash: string | null, key: PrivateKey): SignAtOnce {
  return (input) => sign(hash, asciiBytes(input), key).toString('base64url');
}

/**
 * ECDSA by DER, converted here to r ‖ s (RFC 7518 section 3.4): OpenSSL's own conversion, asked for by
 * `dsaEncoding: 'ieee-p1363'`, doubles the cost of a signature on some Node versions.
 */
function ecdsa(algorithm: EcAlgorithm, key: KeyObject): SignAtOnce {
  const joined = Buffer.alloc(2 * algorithm.scalarBytes);
  return (input) => {
    concatenate(sign(algorithm.hash, asciiBytes(input), key), algorithm.scalarBytes, joined);
    return joined.toString('base64url');
  };
}

/** SEQUENCE { INTEGER r, INTEGER s } in DER to r ‖ s, each left-padded to `scalarBytes`, into `result`, which they fill. */
export function concatenate(der: Buffer, scalarBytes: number, result: Buffer): void {
  // P-521 signatures exceed 127 bytes, and then the length takes a second byte.
  const first = (der[1] ?? 0) > 0x80 ? 3 : 2;
  const second = copyInteger(der, first, result, 0, scalarBytes);
  copyInteger(der, second, result, scalarBytes, scalarBytes);
}

/** Copies the INTEGER at `from`; returns the offset behind it. */
function copyInteger(der: Buffer, from: number, to: Buffer, at: number, size: number): number {
  const length = der[from + 1] ?? 0;
  const end = from + 2 + length;
  // A positive INTEGER whose highest bit is set has a zero byte before it; a short one lacks leading zeros.
  const start = Math.max(from + 2, end - size);
  const missing = size - (end - start);
  if (missing > 0) to.fill(0, at, at + missing);
  der.copy(to, at + missing, start, end);
  return end;
}
