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
import { keyWarning } from '../../jose/key-finding.ts';
import { type DerValue, derValues, objectIdentifier } from '../der.ts';
import { isOldAlgorithm, isOldEncryption } from '../der-kind.ts';
import { heldKey } from '../held-key.ts';
import { hasTooManyIterations } from '../iterations.ts';
import { mistakenArchive } from '../mistaken-key.ts';
import { keyFileText, readKeyFile } from './key-file.ts';
import { type KeyRequest, refused, type SourceReading, type SpecOf } from './source.ts';

const data = '1.2.840.113549.1.7.1';
const encryptedData = '1.2.840.113549.1.7.6';
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
  const mistaken = mistakenArchive(file.bytes, keyFileText(file.bytes));
  if (mistaken !== undefined) return { keys: [], findings: [...file.findings, mistaken] };
  const { password, unlocked } = request.form;
  const open = () => opened(Buffer.from(file.bytes), path, password);
  const reading = unlocked?.open(file.bytes, password ?? '', open) ?? open();
  if ('keys' in reading) return reading;
  const { key, certificates } = reading;
  const findings = hasOldCertificate(file.bytes) ? [...file.findings, withoutCertificate] : file.findings;
  return { keys: [heldKey(key, { certificates })], findings };
}

function opened(
  bytes: Buffer,
  path: string,
  password: string | undefined,
): SourceReading | { readonly key: KeyObject; readonly certificates: readonly Uint8Array[] } {
  if (hasTooManyIterations(bytes)) return slow;
  // Nothing can be said of the iterations of a file with indefinite lengths.
  if (bytes[1] === 0x80) return unsupported(path);
  const certificate = certificateOf(bytes, password);
  if (certificate.kind === 'refused') return certificate.reading;
  const bags = keyBags(bytes);
  if (bags === undefined) return unsupported(path);
  const [bag, second] = bags;
  if (bag === undefined) {
    const message = `The file ${path} contains no private key: it has only certificates, or the key is encrypted with them.`;
    return refused('keys.unreadable', message, toPem('openssl pkcs12'));
  }
  if (second !== undefined) {
    const suggestion =
      'Export one of them: `keytool -importkeystore -srckeystore FILE -srcalias NAME -destkeystore key.p12 -deststoretype PKCS12`.';
    return refused('keys.unreadable', `The file ${path} contains several private keys.`, suggestion);
  }
  const key = decrypt(bag, password ?? '');
  if (key !== undefined) return { key, certificates: certificate.certificates };
  if (bag.type === shroudedKeyBag && isOldEncryption(bag.value)) {
    const message = `The private key in ${path} is encrypted with DES, RC2 or RC4, which OpenSSL 3 does not read.`;
    return refused('keys.unreadable', message, toPem('openssl pkcs12 -legacy'));
  }
  const message = `The private key in ${path} cannot be decrypted, although the passphrase fits the file.`;
  return refused('keys.unreadable', message, 'Give the key and the file the same passphrase, as keytool does.');
}

function unsupported(path: string): SourceReading {
  return refused('keys.unreadable', `The file ${path} is not PKCS#12 in a supported form.`, toPem('openssl pkcs12'));
}

const slow = refused(
  'keys.unreadable',
  'The PKCS#12 file asks for more than 10,000,000 iterations of its passphrase, which would take minutes at each load.',
  'Write the file anew: `openssl pkcs12 -in FILE -nodes -out key.pem`, then `openssl pkcs12 -export -iter 600000 -in key.pem -out new.p12`.',
);

function toPem(command: string): string {
  return `Convert it: \`${command} -in FILE -nodes -out key.pem\`. Then write \`file: key.pem\` in place of \`pkcs12:\`.`;
}

type Certificates =
  | { readonly kind: 'certificates'; readonly certificates: readonly Uint8Array[] }
  | { readonly kind: 'refused'; readonly reading: SourceReading };

/** OpenSSL checks the whole file on the way: the password by the MAC first, then the encryption of each safe. */
function certificateOf(pfx: Buffer, password: string | undefined): Certificates {
  const passphrase = password ?? '';
  try {
    // The context's inner object has no types. If a Node has no `getCertificate`, `x5c` is omitted.
    const context: unknown = process.getBuiltinModule('node:tls').createSecureContext({ pfx, passphrase }).context;
    const found = hasCertificate(context) ? context.getCertificate() : undefined;
    return { kind: 'certificates', certificates: found instanceof Uint8Array ? [found] : [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    // A part is missing, or has an encryption that OpenSSL 3 no longer has: the key may be there all the same.
    if (/load certificate|load private key|unsupported/i.test(message))
      return { kind: 'certificates', certificates: [] };
    const reading = /mac verify/.test(message) ? passphraseFails(password) : damaged;
    return { kind: 'refused', reading };
  }
}

function passphraseFails(password: string | undefined): SourceReading {
  if (password === undefined) {
    const suggestion = 'Write `passphrase: { file: … }` or `passphrase: { env: … }` beside it.';
    return refused('keys.unreadable', 'The PKCS#12 file has a passphrase, and none is given.', suggestion);
  }
  const suggestion = 'Try it: `openssl pkcs12 -info -noout -in FILE`.';
  return refused('keys.unreadable', 'The passphrase does not open the PKCS#12 file.', suggestion);
}

const damaged = refused(
  'keys.unreadable',
  'The PKCS#12 file cannot be read: it is damaged.',
  'See what OpenSSL says of it: `openssl pkcs12 -info -noout -in FILE`.',
);

const withoutCertificate = keyWarning(
  'keys.certificate-unread',
  'The certificate in the PKCS#12 file is encrypted with RC2, which OpenSSL 3 does not read. The key signs, and is published without `x5c`.',
  'Write the file anew: `openssl pkcs12 -legacy -in FILE -nodes -out key.pem`, then `openssl pkcs12 -export -in key.pem -out new.p12`.',
);

function hasCertificate(context: unknown): context is { getCertificate(): unknown } {
  return typeof context === 'object' && context !== null && 'getCertificate' in context;
}

interface Bag {
  readonly type: string;
  readonly value: Buffer;
}

/** Whether a safe is encrypted in a way that OpenSSL 3 has no more. False if the file has another structure. */
function hasOldCertificate(file: Uint8Array): boolean {
  return structured(() => safesOf(Buffer.from(file)).some(isOldSafe)) ?? false;
}

function isOldSafe(contentInfo: DerValue): boolean {
  const [type, content] = derValues(contentInfo.content);
  if (type === undefined || content === undefined || objectIdentifier(type) !== encryptedData) return false;
  const encrypted = at(derValues(only(derValues(content.content)).content), 1);
  const algorithm = at(derValues(encrypted.content), 1);
  return isOldAlgorithm(only(derValues(algorithm.content)));
}

/** The bags with private keys; undefined if the file does not have the structure of RFC 7292 section 4. */
function keyBags(file: Buffer): readonly Bag[] | undefined {
  return structured(() =>
    safesOf(file)
      .flatMap(bagsOf)
      .filter(({ type }) => type === keyBag || type === shroudedKeyBag),
  );
}

/** @throws RangeError if the file does not have the structure */
function safesOf(file: Buffer): readonly DerValue[] {
  const authenticated = contentOf(only(derValues(file)), 1);
  return derValues(octets(authenticated)).flatMap((sequence) => derValues(sequence.content));
}

function structured<T>(read: () => T): T | undefined {
  try {
    return read();
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
