/**
 * @module
 * The measured algorithms, one row each: a key, the bare operation in its cheapest form in Node, and how a token is
 * verified.
 */
import {
  constants,
  createCipheriv,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  sign,
} from 'node:crypto';
import { type JWTPayload, jwtDecrypt, jwtVerify } from 'jose';

export interface Keys {
  /** The sidecar's key: it signs, or tokens are encrypted to it. */
  readonly own: KeyObject;
  /** The key of the token's recipient. */
  readonly receiver: KeyObject;
}

interface AlgorithmRow {
  makeKeys(): Keys;
  /** Only the signature or the encryption; the result is discarded. */
  bare(keys: Keys, input: Buffer): void;
  /** @throws when the token does not match this algorithm and key */
  open(token: string, keys: Keys): Promise<JWTPayload>;
}

const verified = async (token: string, { receiver }: Keys): Promise<JWTPayload> =>
  (await jwtVerify(token, receiver)).payload;

function signingPair({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Keys {
  return { own: privateKey, receiver: publicKey };
}

const rsa = { modulusLength: 2048 };
const { RSA_PKCS1_PSS_PADDING: pss, RSA_PKCS1_OAEP_PADDING: oaep } = constants;

export const algorithms = {
  HS256: {
    makeKeys() {
      const secret = createSecretKey(randomBytes(32));
      return { own: secret, receiver: secret };
    },
    bare: ({ own }, input) => void createHmac('sha256', own).update(input).digest(),
    open: verified,
  },
  ES256: {
    makeKeys: () => signingPair(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    bare: ({ own }, input) => void sign('sha256', input, own),
    open: verified,
  },
  RS256: {
    makeKeys: () => signingPair(generateKeyPairSync('rsa', rsa)),
    bare: ({ own }, input) => void sign('sha256', input, own),
    open: verified,
  },
  PS256: {
    makeKeys: () => signingPair(generateKeyPairSync('rsa', rsa)),
    bare: ({ own }, input) => void sign('sha256', input, { key: own, padding: pss, saltLength: 32 }),
    open: verified,
  },
  EdDSA: {
    makeKeys: () => signingPair(generateKeyPairSync('ed25519')),
    bare: ({ own }, input) => void sign(null, input, own),
    open: verified,
  },
  'RSA-OAEP-256': {
    makeKeys() {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', rsa);
      return { own: publicKey, receiver: privateKey };
    },
    bare({ own }, input) {
      const contentKey = randomBytes(32);
      const cipher = createCipheriv('aes-256-gcm', contentKey, randomBytes(12));
      cipher.update(input);
      cipher.final();
      cipher.getAuthTag();
      publicEncrypt({ key: own, padding: oaep, oaepHash: 'sha256' }, contentKey);
    },
    open: async (token, { receiver }) => (await jwtDecrypt(token, receiver)).payload,
  },
} as const satisfies Record<string, AlgorithmRow>;

export type Algorithm = keyof typeof algorithms;

/** Microseconds of CPU time of one bare operation over `input`, measured for about `seconds`. */
export function bareCost(algorithm: Algorithm, keys: Keys, input: Buffer, seconds: number): number {
  const { bare } = algorithms[algorithm];
  const end = performance.now() + seconds * 1000;
  const { user, system } = process.threadCpuUsage();
  let operations = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 10; i++) bare(keys, input);
    operations += 10;
  }
  const used = process.threadCpuUsage();
  return (used.user - user + used.system - system) / operations;
}
