/**
 * @module
 * A key that this process makes at its start, for trying out. Every restart and every other instance has another one, so
 * it is marked as generated wherever it is shown.
 */
import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { SignatureAlgorithm } from '../../jose/algorithms.ts';
import { heldKey } from '../held-key.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

export function readGenerated({ algorithm }: SpecOf<'generated'>, { use, made }: KeyRequest): SourceReading {
  if (use.purpose.use === 'enc') {
    const message = 'A key to encrypt to cannot be generated: nobody else would have it to read the tokens.';
    const suggestion = 'Write `file:` or `jwks:` with the key of whoever reads them.';
    return refused('keys.generated-recipient', message, suggestion);
  }
  const key = made ?? heldKey(makeKey(algorithm), { generated: true });
  const message = `The key is generated: it is gone at the next restart, and every other instance has another one.`;
  const suggestion = 'Write `file:` with a key of your own for anything but trying out.';
  return { keys: [key], findings: [{ code: 'keys.generated', severity: 'warning', message, suggestion }] };
}

function makeKey(algorithm: SignatureAlgorithm): KeyObject {
  switch (algorithm.family) {
    case 'hmac':
      return createSecretKey(randomBytes(algorithm.minimumBytes));
    case 'rsa':
    case 'rsa-pss':
      return generateKeyPairSync('rsa', { modulusLength: algorithm.minimumBits }).privateKey;
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: algorithm.curve }).privateKey;
    case 'ed':
      return generateKeyPairSync('ed25519').privateKey;
    case 'ml-dsa':
      return generateKeyPairSync(algorithm.keyType).privateKey;
  }
}
