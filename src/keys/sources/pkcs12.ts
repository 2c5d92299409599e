/**
 * @module
 * PKCS#12 (RFC 7292), the format of `.p12` and `.pfx` files and of Java key stores.
 *
 * Node reads such a file for TLS only, and does not return the private key. The file is a list of bags. The bag of an
 * encrypted key contains an encrypted PKCS#8 key, which OpenSSL decrypts. This module finds that bag and leaves the
 * rest to OpenSSL: `tls.createSecureContext` checks the password against the file's MAC and returns the certificate
 * (docs/decisions/0043).
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type DerValue, derValues, objectIdentifier } from '../der.ts';
import { heldKey } from '../held-key.ts';
import { readKeyFile } from './key-file.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

const data = '1.2.840.113549.1.7.1';
const keyBag = '1.2.840.113549.1.12.10.1.1';
const shroudedKeyBag = '1.2.840.113549.1.12.10.1.2';

export function readPkcs12({ path }: SpecOf<'pkcs12'>, request: KeyRequest): SourceReading {
  if (request.use.kind === 'secret') {
    return refused('jose.wrong-key-type', 'A PKCS#12 file contains a private key, but a secret is needed.');
  }
  if (request.use.purpose.use === 'enc') {
    const message =
      'A PKCS#12 file contains a private key, but tokens are encrypted to the public key of the recipient.';
    const suggestion = 'Export the certificate with `openssl pkcs12 -nokeys -clcerts -in FILE`, and write `file:`.';
    return refused('jose.private-recipient', message, suggestion);
  }
  const file = readKeyFile(path, request);
  if (file.kind === 'refused') return file.reading;
  const { password = '', unlocked } = request.form;
  const open = () => opened(Buffer.from(file.bytes), path, password);
  const reading = unlocked?.open(file.bytes, password, open) ?? open();
  if ('keys' in reading) return reading;
  const { key, certificates } = reading;
  return { keys: [heldKey(key, { certificates })], findings: file.findings };
}

function opened(
  bytes: Buffer,
  path: string,
  password: string,
): SourceReading | { readonly key: KeyObject; readonly certificates: readonly Uint8Array[] } {
  const certificate = certificateOf(bytes, password);
  if (certificate.kind === 'refused') return certificate.reading;
  const bags = keyBags(bytes);
  if (bags === undefined) return refused('keys.unreadable', `The file ${path} is not PKCS#12 in a supported form.`);
  const [bag, second] = bags;
  if (bag === undefined || second !== undefined) {
    const message = `The file ${path} contains ${bag === undefined ? 'no private key' : 'several private keys'}.`;
    return refused('keys.unreadable', message, 'Export the key into its own file.');
  }
  const key = decrypt(bag, password);
  if (key === undefined) return refused('keys.unreadable', `The private key in ${path} cannot be decrypted.`);
  return { key, certificates: certificate.certificates };
}

type Certificates =
  | { readonly kind: 'certificates'; readonly certificates: readonly Uint8Array[] }
  | { readonly kind: 'refused'; readonly reading: SourceReading };

/** OpenSSL checks the whole file on the way. */
function certificateOf(pfx: Buffer, passphrase: string): Certificates {
  try {
    // The context's inner object has no types. If a Node has no `getCertificate`, `x5c` is omitted.
    const context: unknown = process.getBuiltinModule('node:tls').createSecureContext({ pfx, passphrase }).context;
    const found = hasCertificate(context) ? context.getCertificate() : undefined;
    return { kind: 'certificates', certificates: found instanceof Uint8Array ? [found] : [] };
  } catch (error) {
    if (error instanceof Error && /load certificate/.test(error.message))
      return { kind: 'certificates', certificates: [] };
    const reason =
      error instanceof Error && /mac verify/.test(error.message) ? 'the password is wrong' : 'the file is damaged';
    return { kind: 'refused', reading: refused('keys.unreadable', `The PKCS#12 file cannot be read: ${reason}.`) };
  }
}

function hasCertificate(context: unknown): context is { getCertificate(): unknown } {
  return typeof context === 'object' && context !== null && 'getCertificate' in context;
}

interface Bag {
  readonly type: string;
  readonly value: Buffer;
}

/** The bags with private keys; undefined if the file does not have the structure of RFC 7292 section 4. */
function keyBags(file: Buffer): readonly Bag[] | undefined {
  try {
    const authenticated = contentOf(only(derValues(file)), 1);
    const safes = derValues(octets(authenticated)).flatMap((sequence) => derValues(sequence.content));
    return safes.flatMap(bagsOf).filter(({ type }) => type === keyBag || type === shroudedKeyBag);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The bags of a safe with plain data. Encrypted safes contain certificates, and their bags cannot be read. */
function bagsOf(contentInfo: DerValue): Bag[] {
  const [type] = derValues(contentInfo.content);
  if (type === undefined || objectIdentifier(type) !== data) return [];
  const safe = octets(only(derValues(at(derValues(contentInfo.content), 1).content)));
  return derValues(only(derValues(safe)).content).map((bag) => {
    const [id, value] = [at(derValues(bag.content), 0), at(derValues(bag.content), 1)];
    return { type: objectIdentifier(id), value: only(derValues(value.content)).whole };
  });
}

/** The content of the ContentInfo at `index` of a PFX. */
function contentOf(pfx: DerValue, index: number): DerValue {
  const contentInfo = at(derValues(pfx.content), index);
  return only(derValues(at(derValues(contentInfo.content), 1).content));
}

function octets(value: DerValue): Buffer {
  if (value.tag !== 0x04) throw new RangeError('not an octet string');
  return value.content;
}

function only(values: readonly DerValue[]): DerValue {
  return at(values, 0);
}

function at(values: readonly DerValue[], index: number): DerValue {
  const value = values[index];
  if (value === undefined) throw new RangeError('a value is missing');
  return value;
}

function decrypt({ type, value }: Bag, passphrase: string): KeyObject | undefined {
  const encrypted = type === shroudedKeyBag ? { passphrase } : {};
  try {
    return createPrivateKey({ key: value, format: 'der', type: 'pkcs8', ...encrypted });
  } catch {
    return undefined;
  }
}
