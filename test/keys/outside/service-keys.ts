/**
 * @module
 * The private keys of the services of tests: one for each algorithm, made once.
 */
import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const made = new Map<string, KeyObject>();

function once(name: string, make: () => KeyObject): KeyObject {
  const key = made.get(name) ?? make();
  made.set(name, key);
  return key;
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** @param which of several keys for the same algorithm */
export function privateKeyFor(algorithm: string, which = 'first'): KeyObject {
  const curve = curves[algorithm];
  const kind = curve ?? (algorithm === 'EdDSA' ? 'ed25519' : 'rsa');
  return once(`${kind} ${which}`, () => {
    if (curve !== undefined) return generateKeyPairSync('ec', { namedCurve: curve }).privateKey;
    if (kind === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
    return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  });
}

export function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}

interface SigningForm {
  readonly hash: string | undefined;
  readonly isPss: boolean;
  /** Of ECDSA: r ‖ s in place of DER. */
  readonly isJoined: boolean;
}

export function signAs(key: KeyObject, input: Buffer, { hash, isPss, isJoined }: SigningForm): Buffer {
  if (key.asymmetricKeyType === 'rsa') {
    const padding = isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    const salt = isPss ? { saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
    return sign(hash, input, { key, padding, ...salt });
  }
  return sign(hash, input, { key, dsaEncoding: isJoined ? 'ieee-p1363' : 'der' });
}
