/**
 * @module
 * X.509 certificates with alternative names of any bytes (RFC 5280), which tools refuse to make. OpenSSL, in Node, reads
 * them.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A subject alternative name. Each character is a byte. */
export type AlternativeName = readonly [kind: 'URI' | 'DNS' | 'IP' | 'email', value: string];

export interface Made {
  /** In PEM. */
  readonly certificate: string;
  readonly key: string;
}

interface LeafOptions {
  /** The common name of the subject; undefined for an empty subject. */
  readonly subject?: string | undefined;
  readonly ca?: boolean;
}

/** GeneralName's context tags (RFC 5280, 4.2.1.6). */
const tagOf = { email: 0x81, DNS: 0x82, URI: 0x86, IP: 0x87 } as const;

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const digits = Buffer.from(size.toString(16).padStart(size > 0xffff ? 6 : size > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content]);
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents);
const object = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const yes = der(0x01, Buffer.from([0xff]));

const ecdsaWithSha256 = sequence(object('2a8648ce3d040302'));

function nameOf(common: string | undefined): Buffer {
  if (common === undefined) return sequence();
  return sequence(der(0x31, sequence(object('550403'), der(0x0c, Buffer.from(common)))));
}

function extension(id: string, content: Uint8Array, critical = false): Buffer {
  return sequence(object(id), ...(critical ? [yes] : []), der(0x04, content));
}

function timeOf(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

const keyPair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

export class Authority {
  readonly name = `test authority ${randomBytes(6).toString('hex')}`;
  readonly #issuer: string;
  readonly #keys = keyPair();
  readonly #signer: KeyObject;
  /** Every leaf has this key, since making one takes longer than all the rest. */
  readonly #leafKeys = keyPair();

  /** @param parent the authority that signs this one's certificate. Default: itself */
  constructor(parent?: Authority) {
    this.#issuer = parent?.name ?? this.name;
    this.#signer = parent === undefined ? this.#keys.privateKey : parent.#keys.privateKey;
  }

  /** Its own certificate, in PEM. */
  get certificate(): string {
    return this.#certificate(
      { subject: this.name, ca: true, names: [], key: this.#keys.publicKey },
      this.#issuer,
      this.#signer,
    );
  }

  /** A certificate with these names, valid for an hour. */
  leaf(names: readonly AlternativeName[], options: LeafOptions = {}): Made {
    const given = { ...options, names, key: this.#leafKeys.publicKey };
    return {
      certificate: this.#certificate(given, this.name, this.#keys.privateKey),
      key: this.#leafKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  #certificate(
    { subject, ca, names, key }: LeafOptions & { readonly names: readonly AlternativeName[]; readonly key: KeyObject },
    issuer: string,
    signer: KeyObject,
  ): string {
    const now = Date.now();
    const alternative = sequence(...names.map(([kind, value]) => der(tagOf[kind], Buffer.from(value, 'latin1'))));
    const extensions = [
      extension('551d13', ca === true ? sequence(yes) : sequence(), true),
      // RFC 5280, 4.1.2.6: critical if the subject is empty.
      ...(names.length === 0 ? [] : [extension('551d11', alternative, subject === undefined)]),
    ];
    const content = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.from([1]), randomBytes(8)),
      ecdsaWithSha256,
      nameOf(issuer),
      sequence(timeOf(now - 60_000), timeOf(now + 3_600_000)),
      nameOf(subject),
      key.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    const signature = der(0x03, Buffer.from([0]), sign('sha256', content, signer));
    const encoded = sequence(content, ecdsaWithSha256, signature).toString('base64');
    const lines = encoded.match(/.{1,64}/g) ?? [];
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  }
}
