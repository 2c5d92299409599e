/**
 * @module
 * What must be new for each encrypted token. It is an argument, so that tests can compute the RFCs' examples.
 */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface Randomness {
  bytes(size: number): Buffer;
  /** A new key pair on the curve of `key`. */
  keyPairLike(key: KeyObject): KeyPair;
}

export const systemRandomness: Randomness = {
  bytes: randomBytes,
  keyPairLike(key) {
    switch (key.asymmetricKeyType) {
      case 'x25519':
        return generateKeyPairSync('x25519');
      case 'x448':
        return generateKeyPairSync('x448');
      default:
        return generateKeyPairSync('ec', { namedCurve: key.asymmetricKeyDetails?.namedCurve ?? '' });
    }
  },
};
