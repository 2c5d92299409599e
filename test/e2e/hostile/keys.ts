/**
 * @module
 * The keys of the policies, and how their recipient opens a token: with the primitives of `node:crypto` alone.
 */
import {
  createDecipheriv,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { type JsonMap, readJson } from './strict-json.ts';

export interface Opened {
  readonly header: JsonMap;
  readonly claims: JsonMap;
}

/** The kinds of tokens, by the value of `alg` in their header. */
export type Algorithm = 'HS256' | 'RS256' | 'ES256' | 'dir';

export class Keys {
  readonly secret = randomBytes(24).toString('hex');
  readonly direct = randomBytes(32);
  readonly rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** By the names that the configuration of `policies.ts` has for them. */
  get files(): Readonly<Record<string, string>> {
    const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
    return {
      'secret.key': this.secret,
      'direct.key': this.direct.toString('base64'),
      'rsa.pem': pem(this.rsa.privateKey),
      'ec.pem': pem(this.ec.privateKey),
    };
  }

  /** @throws Error if the token is not what the policy makes */
  open(token: string, algorithm: Algorithm): Opened {
    const parts = token.split('.');
    if (parts.some((part) => !/^[\w-]*$/.test(part))) throw new Error('the token is not in base64url');
    const header = jsonIn(Buffer.from(parts[0] ?? '', 'base64url'));
    if (header.get('alg') !== algorithm) throw new Error('the header names another algorithm');
    return { header, claims: jsonIn(algorithm === 'dir' ? this.#decrypted(parts) : this.#verified(parts, algorithm)) };
  }

  #verified(parts: readonly string[], algorithm: Exclude<Algorithm, 'dir'>): Buffer {
    const [header, payload, signature] = parts;
    if (parts.length !== 3 || payload === undefined) throw new Error(`${parts.length} parts`);
    const isRight = this.#verifies(`${header}.${payload}`, Buffer.from(signature ?? '', 'base64url'), algorithm);
    if (!isRight) throw new Error('the signature is wrong');
    return Buffer.from(payload, 'base64url');
  }

  #verifies(input: string, signature: Buffer, algorithm: Exclude<Algorithm, 'dir'>): boolean {
    if (algorithm === 'HS256') {
      const mac = createHmac('sha256', this.secret).update(input).digest();
      return mac.length === signature.length && timingSafeEqual(mac, signature);
    }
    const data = Buffer.from(input);
    if (algorithm === 'RS256') return verify('sha256', data, this.rsa.publicKey, signature);
    return verify('sha256', data, { key: this.ec.publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  }

  /** RFC 7516, section 5.2: the header is the additional data, and the key is used as it is. */
  #decrypted(parts: readonly string[]): Buffer {
    const [header = '', key, iv = '', text = '', tag = ''] = parts;
    if (parts.length !== 5 || key !== '') throw new Error('not an encrypted token of a direct key');
    const decipher = createDecipheriv('aes-256-gcm', this.direct, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(header, 'ascii'));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function jsonIn(bytes: Buffer): JsonMap {
  const value = readJson(utf8.decode(bytes));
  if (!(value instanceof Map)) throw new Error('the token has no JSON object');
  return value as JsonMap;
}
