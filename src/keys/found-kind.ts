/**
 * @module
 * What a text or file is that was given as a key and is none that can be read: recognised by how it begins, so that the
 * message can say it (`mistaken-key.ts`). Nothing here depends on where the text came from.
 */
import { type DerKind, derKind } from './der-kind.ts';
import { derOf, hasPublicKey, isPrivateKey, type PemBlock, pemBlocks } from './pem.ts';

export type FoundKind =
  | 'empty'
  | 'blank'
  | 'UTF-16'
  | 'private key'
  | 'public key'
  | 'certificate'
  | 'certificate chain'
  | 'request'
  | 'OpenSSH private key'
  | 'OpenSSH Ed25519 key'
  | 'OpenSSH public key'
  | 'PuTTY key'
  | 'PGP key'
  | 'DSA key'
  | 'parameters'
  | 'PKCS#7'
  | 'placeholder'
  | 'wrong dashes'
  | 'cut off'
  | 'private key in DER'
  | 'encrypted key in DER'
  | 'public key in DER'
  | 'RSA public key in DER'
  | 'certificate in DER'
  | 'request in DER'
  | 'PKCS#12'
  | 'Java key store'
  | 'Base64 of PEM'
  | 'Base64 of DER'
  | 'Base64 of a certificate'
  | 'Base64 of an archive'
  | 'encrypted JWK'
  | 'JWK'
  | 'JWK set'
  | 'path'
  | 'binary'
  | 'text';

/** Which kind bytes are that are not UTF-8 text. */
export function kindOfBytes(bytes: Uint8Array): FoundKind {
  return binaryKind(bytes) ?? 'binary';
}

const derKinds: Readonly<Record<DerKind, FoundKind>> = {
  'private key': 'private key in DER',
  'encrypted key': 'encrypted key in DER',
  'public key': 'public key in DER',
  'RSA public key': 'RSA public key in DER',
  certificate: 'certificate in DER',
  request: 'request in DER',
  'PKCS#12': 'PKCS#12',
  other: 'binary',
};

/** The first bytes of files that are not DER. */
const beginnings: readonly (readonly [hex: string, kind: FoundKind])[] = [
  ['fffe', 'UTF-16'],
  ['feff', 'UTF-16'],
  ['feedfeed', 'Java key store'],
  ['cececece', 'Java key store'],
  // PKCS#12 of indefinite length, as Windows writes it.
  ['3080020103', 'PKCS#12'],
];

function binaryKind(bytes: Uint8Array): FoundKind | undefined {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  const begun = beginnings.find(([hex]) => start.startsWith(hex))?.[1];
  if (begun !== undefined) return begun;
  const der = derKind(bytes);
  return der && derKinds[der];
}

/** Enough for the first parts of a JWE. */
const longestBeginning = 2000;

/** Which kind a text is. */
export function kindOfText(text: string): FoundKind {
  const first = text.trimStart().slice(0, longestBeginning);
  if (text === '') return 'empty';
  if (first === '') return 'blank';
  if (text.includes('\0')) return 'UTF-16';
  return kindOfPem(text) ?? kindByBeginning(first, text) ?? kindOfBase64(text) ?? 'text';
}

function kindOfPem(text: string): FoundKind | undefined {
  const blocks = pemBlocks(text);
  if (blocks.length === 0) return text.includes('-----BEGIN ') ? 'cut off' : undefined;
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').length;
  const known = [
    ...blocks.filter(isPrivateKey),
    ...blocks.filter((block) => hasPublicKey(block) && block.label !== 'CERTIFICATE'),
    ...blocks,
  ];
  const [block] = known;
  if (block === undefined) return undefined;
  const kind = kindOfBlock(block);
  return kind === 'certificate' && certificates > 1 ? 'certificate chain' : kind;
}

/** By the label of a block. The first row that matches applies. */
const labels: readonly (readonly [label: RegExp, kind: FoundKind])[] = [
  [/^(?:(?:RSA|EC|ENCRYPTED) )?PRIVATE KEY$/, 'private key'],
  [/^(?:RSA )?PUBLIC KEY$/, 'public key'],
  [/^(?:(?:TRUSTED|X509) )?CERTIFICATE$/, 'certificate'],
  [/^(?:NEW )?CERTIFICATE REQUEST$/, 'request'],
  [/^OPENSSH PRIVATE KEY$/, 'OpenSSH private key'],
  [/^PGP /, 'PGP key'],
  [/^DSA /, 'DSA key'],
  [/PARAMETERS$/, 'parameters'],
  [/^PKCS ?#?7\b|^CMS$/, 'PKCS#7'],
];

function kindOfBlock(block: PemBlock): FoundKind {
  const kind = labels.find(([label]) => label.test(block.label))?.[1] ?? 'text';
  if (kind === 'PGP key') return kind;
  const der = derOf(block);
  if (der === undefined) return block.body.includes(':') ? kind : 'placeholder';
  return kind === 'OpenSSH private key' && der.includes('ssh-ed25519') ? 'OpenSSH Ed25519 key' : kind;
}

const beginningsOfText: readonly (readonly [beginning: RegExp, kind: FoundKind])[] = [
  [/^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp\d+|sk-[a-z0-9@.-]+) AAAA/, 'OpenSSH public key'],
  [/^---- BEGIN SSH2 PUBLIC KEY/, 'OpenSSH public key'],
  [/^PuTTY-User-Key-File-/, 'PuTTY key'],
  [/^[\p{Pd}\s]{1,12}BEGIN [A-Z0-9 ]{0,30}(?:KEY|CERTIFICATE)/u, 'wrong dashes'],
  [/^eyJ[\w-]+\.[\w-]*\.[\w-]+\./, 'encrypted JWK'],
  [/^(?:[A-Za-z]:)?[\w./\\-]{1,150}\.(?:pem|key|crt|cer|der|p12|pfx|jks|jwk|json)\s*$/, 'path'],
];

function kindByBeginning(first: string, text: string): FoundKind | undefined {
  if (first.startsWith('{')) return kindOfJson(text);
  return beginningsOfText.find(([beginning]) => beginning.test(first))?.[1];
}

function kindOfJson(text: string): FoundKind {
  if (/"ciphertext"\s*:/.test(text)) return 'encrypted JWK';
  if (/"keys"\s*:/.test(text)) return 'JWK set';
  return /"kty"\s*:/.test(text) ? 'JWK' : 'text';
}

const shortest = 24;

/** Text that is nothing but Base64, by what it encodes. */
function kindOfBase64(text: string): FoundKind | undefined {
  const digits = text.replace(/\s/g, '');
  if (digits.length < shortest || !/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) return undefined;
  const bytes = Buffer.from(digits, 'base64');
  if (bytes.toString('latin1', 0, 200).trimStart().startsWith('-----BEGIN ')) return 'Base64 of PEM';
  const kind = binaryKind(bytes);
  return kind && base64Kinds[kind];
}

const base64Kinds: Readonly<Partial<Record<FoundKind, FoundKind>>> = {
  'private key in DER': 'Base64 of DER',
  'encrypted key in DER': 'Base64 of DER',
  'public key in DER': 'Base64 of DER',
  'RSA public key in DER': 'Base64 of DER',
  'certificate in DER': 'Base64 of a certificate',
  'PKCS#12': 'Base64 of an archive',
  'Java key store': 'Base64 of an archive',
};
