/**
 * @module
 * Proof that others can use what mintproc makes: `jose`, which shares no code with `sign.ts` and `encrypt.ts`, verifies a
 * signature by the key as it is published, and decrypts by a secret. Keys are proved when a configuration loads; no
 * request waits for it.
 *
 * `jose` knows neither Ed448 nor RSA keys that are bound to PSS: node:crypto verifies those.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { arrival } from '../diagnostics/later.ts';
import type { SignatureAlgorithm } from './algorithms.ts';
import type { Encrypt, Recipient } from './encrypt.ts';
import type { Sign } from './sign.ts';

/** `jose` and WebCrypto take some 30 ms and 3 MB; a process that proves nothing does without. */
const require = createRequire(import.meta.url);

export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  readonly sign: Sign;
  /** A private key, or a secret. */
  readonly key: KeyObject;
  /** The public key as it is published (RFC 7517); undefined for a secret, and where JWK has no form for the key. */
  readonly jwk: Readonly<Record<string, unknown>> | undefined;
}

/** An encrypter, and what it encrypts to. */
export interface Encrypter {
  readonly recipient: Recipient;
  readonly encrypt: Encrypt;
}

/** What is signed and encrypted: no token, and of no use to anybody. */
const probe = 'a probe of mintproc';

/** @throws Error where a verifier who knows only the published key, or the secret, refuses what is signed */
export async function proveSigner(signer: Signer): Promise<void> {
  const { algorithm, sign, key, jwk } = signer;
  const signingInput = `${encoded(JSON.stringify({ alg: algorithm.name }))}.${encoded(probe)}`;
  const signature = await arrival(sign(signingInput));
  if (!isKnownToJose(signer)) return verifyByNode(signer, signingInput, signature);
  const { compactVerify }: typeof import('jose/jws/compact/verify') = require('jose/jws/compact/verify');
  const { importJWK }: typeof import('jose/key/import') = require('jose/key/import');
  const verifier = jwk === undefined ? key : await importJWK(jwk, algorithm.name);
  const { payload } = await compactVerify(`${signingInput}.${signature}`, verifier, { algorithms: [algorithm.name] });
  requireProbe(payload);
}

function isKnownToJose({ key, jwk }: Signer): boolean {
  return key.type === 'secret' || (jwk !== undefined && jwk['crv'] !== 'Ed448');
}

function verifyByNode({ algorithm, key, jwk }: Signer, signingInput: string, signature: string): void {
  const publicKey = jwk === undefined ? createPublicKey(key) : createPublicKey({ key: jwk, format: 'jwk' });
  // EdDSA has no hash beside it (RFC 8032); the parameters of a key that is bound to PSS come with the key.
  const hash = 'hash' in algorithm ? algorithm.hash : null;
  if (!verify(hash, Buffer.from(signingInput, 'latin1'), publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Error('node:crypto does not verify the signature');
  }
}

/**
 * Does nothing where the recipient's key is public: only the recipient can tell.
 *
 * @throws Error where a recipient who has the secret cannot read what is encrypted
 */
export async function proveEncrypter({ recipient, encrypt }: Encrypter): Promise<void> {
  const { management, content, key, compress } = recipient;
  if (key.type !== 'secret') return;
  const header = { alg: management.name, enc: content.name, ...(compress === true ? { zip: 'DEF' } : {}) };
  const token = encrypt((added) => encoded(JSON.stringify({ ...header, ...Object.fromEntries(added) })), probe);
  const { compactDecrypt }: typeof import('jose/jwe/compact/decrypt') = require('jose/jwe/compact/decrypt');
  const { plaintext } = await compactDecrypt(token, key, {
    keyManagementAlgorithms: [management.name],
    // `jose` refuses more than 10,000 iterations of PBES2 unless asked; how many there are is the policy's choice.
    maxPBES2Count: Number.MAX_SAFE_INTEGER,
  });
  requireProbe(plaintext);
}

function requireProbe(found: Uint8Array): void {
  if (Buffer.from(found).toString() !== probe) throw new Error('another content was read');
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
