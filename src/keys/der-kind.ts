/**
 * @module
 * What bytes in DER are, by the types of their first values: of the private and public keys, certificates and archives
 * that tools write.
 */
import { type DerValue, derValues, objectIdentifier } from './der.ts';

export type DerKind =
  | 'private key'
  | 'encrypted key'
  | 'public key'
  | 'RSA public key'
  | 'certificate'
  | 'request'
  | 'PKCS#12'
  | 'other';

/** The kind of the bytes; undefined if they are not one value in DER. */
export function derKind(bytes: Uint8Array): DerKind | undefined {
  const inner = membersOf(bytes);
  if (inner === undefined) return undefined;
  const tags = inner.map(({ tag }) => shortTags[tag] ?? '?').join('');
  return layouts.find(([layout]) => layout.test(tags))?.[1](inner) ?? 'other';
}

/** The values in the sequence that the bytes are; undefined if they are not one. */
function membersOf(bytes: Uint8Array): readonly DerValue[] | undefined {
  if (bytes[0] !== sequence) return undefined;
  try {
    const [only, second] = derValues(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return only === undefined || second !== undefined ? undefined : derValues(only.content);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const sequence = 0x30;

/** I: INTEGER, O: OCTET STRING, S: SEQUENCE, B: BIT STRING, A: anything with a context tag. */
const shortTags: Readonly<Record<number, string>> = {
  2: 'I',
  3: 'B',
  4: 'O',
  [sequence]: 'S',
  160: 'A',
  161: 'A',
};

/** RFC 5958, 5915, 8017, 5280, 2986 and 7292. */
const layouts: readonly (readonly [layout: RegExp, kind: (inner: readonly DerValue[]) => DerKind])[] = [
  [/^ISO/, () => 'private key'],
  [/^IOA/, () => 'private key'],
  [/^I{9}$/, () => 'private key'],
  [/^SO$/, () => 'encrypted key'],
  [/^SB$/, () => 'public key'],
  [/^II$/, () => 'RSA public key'],
  // A certificate begins with its version under a context tag, a request with it as a number.
  [/^SSB$/, ([toBeSigned]) => (toBeSigned?.content[0] === 0xa0 ? 'certificate' : 'request')],
  [/^IS{1,2}$/, () => 'PKCS#12'],
];

/** Whether a key in PKCS#8 is encrypted in a way that OpenSSL 3 has no more. */
export function isOldEncryption(bytes: Uint8Array): boolean {
  const [algorithm] = membersOf(bytes) ?? [];
  const [id] = (algorithm && membersOf(algorithm.whole)) ?? [];
  return id !== undefined && isOldAlgorithm(id);
}

/** Whether an object identifier names encryption with DES, RC2 or RC4 (RFC 8018 appendix A.3, RFC 7292 appendix C). */
export function isOldAlgorithm(id: DerValue): boolean {
  return id.tag === 0x06 && oldEncryptions.has(objectIdentifier(id));
}

const oldEncryptions: ReadonlySet<string> = new Set([
  ...[1, 3, 4, 6, 10, 11].map((scheme) => `1.2.840.113549.1.5.${scheme}`),
  ...[1, 2, 5, 6].map((scheme) => `1.2.840.113549.1.12.1.${scheme}`),
]);
