/**
 * @module
 * Why OpenSSL cannot read a PEM block, in our own words: its codes name a step of the decoder, and not what is wrong.
 */
import { type KeyFinding, keyError } from '../jose/key-finding.ts';
import { derKind, isOldEncryption } from './der-kind.ts';
import { mistakenText } from './mistaken-key.ts';
import { derOf, isEncrypted, isFlattened, type PemBlock } from './pem.ts';

/** @param password undefined if none is given */
export function unreadableBlock(block: PemBlock, password: string | undefined): KeyFinding {
  if (block.body.includes('\\')) return unreadable(escapedTwice, oneBackslash);
  if (isFlattened(block)) return unreadable(flattened, unfold);
  if (isEncrypted(block)) return unreadableEncrypted(block, password);
  const der = derOf(block);
  if (der === undefined) return mistakenText(block.text, 'private');
  return isCutOff(der) ? unreadable(incomplete, copyAgain) : unreadable(damaged(block), look);
}

function unreadableEncrypted(block: PemBlock, password: string | undefined): KeyFinding {
  const der = derOf(block);
  if (der !== undefined && isOldEncryption(der)) return unreadable(oldEncryption, encryptAgain);
  if (der !== undefined && isCutOff(der)) return unreadable(incomplete, copyAgain);
  if (password === undefined) return unreadable(noPassphrase, givePassphrase);
  return password === '' ? unreadable(emptyPassphrase, givePassphrase) : unreadable(wrongPassphrase, tryPassphrase);
}

function unreadable(message: string, suggestion: string): KeyFinding {
  return keyError('keys.unreadable', message, suggestion);
}

/** Whether the bytes are fewer, or more, than their first length says. */
function isCutOff(der: Buffer): boolean {
  return derKind(der) === undefined;
}

function damaged({ label }: PemBlock): string {
  return label.endsWith('PRIVATE KEY')
    ? 'The private key cannot be read: it is damaged, or of a kind that OpenSSL does not know.'
    : 'The public key or certificate cannot be read: it is damaged, or of a kind that OpenSSL does not know.';
}

const flattened = 'The key cannot be read: its line breaks are missing, or became spaces.';
const unfold =
  'In YAML, begin it with `|` and indent each line; elsewhere, write `\\n` for a line break. In a shell, quote the variable: `"$KEY"`.';
const escapedTwice = 'The key cannot be read: its line breaks are escaped twice.';
const oneBackslash = 'Write one backslash before each `n`, or real line breaks.';
const oldEncryption = 'The private key is encrypted with DES, RC2 or RC4, which OpenSSL 3 does not read.';
const encryptAgain =
  'Encrypt it again: `openssl pkcs8 -topk8 -provider legacy -provider default -in FILE -out key.pem`.';
const incomplete = 'The key cannot be read: a part of its Base64 is missing.';
const copyAgain = 'Copy it again, from the line BEGIN to the line END.';
const noPassphrase = 'The private key is encrypted, and no passphrase is given.';
const emptyPassphrase = 'The private key is encrypted, and the passphrase is empty.';
const givePassphrase =
  'Write `passphrase: { file: … }` or `passphrase: { env: … }` beside it, or decrypt it: `openssl pkey -in FILE -out key.pem`.';
const wrongPassphrase = 'The passphrase does not decrypt the private key.';
const tryPassphrase =
  'Try it: `openssl pkey -in FILE -noout`. A passphrase in a file ends at its first line break only if that is the last character.';
const look = 'See what OpenSSL says of it: `openssl asn1parse -in FILE`.';
