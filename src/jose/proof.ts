/**
 * @module
 * Proves that recipients can use what mintproc makes. The `jose` package shares no code with the signing and encrypting
 * here. It verifies a signature with the key as it is published, and decrypts with a secret. node:crypto verifies what
 * `jose` cannot. Keys are proved when a configuration loads, so no request waits for a proof.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import { arrival } from '../diagnostics/later.ts';
import type { Encrypt, Recipient } from './encrypt.ts';
import type { Sign, SignatureAlgorithm, Verify } from './signature-algorithms.ts';

/** Loading `jose` and WebCrypto takes some 30 ms and 3 MB, so only a process that proves keys loads them. */
const require = createRequire(import.meta.url);

export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  readonly sign: Sign;
  /** A private key, or a secret; the public half if a service signs. */
  readonly key: KeyObject;
  /** Names the service and the key in it, if a service signs. */
  readonly service?: string | undefined;
  /** The public key as it is published (RFC 7517); undefined for a secret, and for a key that no JWK can hold. */
  readonly jwk: Readonly<Record<string, unknown>> | undefined;
}

export interface Encrypter {
  readonly recipient: Recipient;
  readonly encrypt: Encrypt;
}

/** What is signed and encrypted. It is not a token, and no service accepts it. */
const probe = 'a probe of mintproc';

/** @throws Error if a verifier that knows only the published key, or the secret, refuses the signature */
export async function proveSigner(signer: Signer): Promise<void> {
  const { algorithm, sign, key, jwk } = signer;
  const signingInput = `${encoded(JSON.stringify({ alg: algorithm.name }))}.${encoded(probe)}`;
  const signature = await arrival(sign(signingInput));
  const verify = algorithm.verifierFor?.(key);
  if (verify !== undefined) return verifyByNode(verify, signer, signingInput, signature);
  const { compactVerify }: typeof import('jose/jws/compact/verify') = require('jose/jws/compact/verify');
  const { importJWK }: typeof import('jose/key/import') = require('jose/key/import');
  const verifier = jwk === undefined ? key : await importJWK(jwk, algorithm.name);
  const { payload } = await compactVerify(`${signingInput}.${signature}`, verifier, { algorithms: [algorithm.name] });
  requireProbe(payload);
}

function verifyByNode(verify: Verify, { key, jwk }: Signer, signingInput: string, signature: string): void {
  const publicKey = jwk === undefined ? createPublicKey(key) : createPublicKey({ key: jwk, format: 'jwk' });
  if (!verify(Buffer.from(signingInput, 'latin1'), publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Error('node:crypto does not verify the signature');
  }
}

/**
 * Does nothing if the recipient's key is public: only the recipient can decrypt then.
 *
 * @throws Error if a recipient that has the secret cannot decrypt the content
 */
export async function proveEncrypter({ recipient, encrypt }: Encrypter): Promise<void> {
  const { management, content, key, compress } = recipient;
  if (key.type !== 'secret') return;
  const header = { alg: management.name, enc: content.name, ...(compress === true ? { zip: 'DEF' } : {}) };
  const token = encrypt((added) => encoded(JSON.stringify({ ...header, ...Object.fromEntries(added) })), probe);
  const { compactDecrypt }: typeof import('jose/jwe/compact/decrypt') = require('jose/jwe/compact/decrypt');
  const { plaintext } = await compactDecrypt(token, key, {
    keyManagementAlgorithms: [management.name],
    // `jose` refuses more than 10,000 iterations of PBES2 by default. The policy chooses the number.
    maxPBES2Count: Number.MAX_SAFE_INTEGER,
  });
  requireProbe(plaintext);
}

function requireProbe(found: Uint8Array): void {
  if (Buffer.from(found).toString() !== probe) throw new Error('the content differs from the probe');
}

function encoded(string: string): string {
  return Buffer.from(string).toString('base64url');
}
