/**
 * @module
 * A PKCS#12 file (RFC 7292) like those of older tools: the certificate is encrypted with RC2. Its content is random,
 * since nothing here can read it; the private key is not encrypted.
 */
import { createHash, createHmac, type KeyObject, randomBytes } from 'node:crypto';

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const size = Buffer.from([content.length >> 8, content.length & 0xff]);
  const length = content.length < 0x80 ? size.subarray(1) : Buffer.concat([Buffer.of(0x82), size]);
  return Buffer.concat([Buffer.of(tag), length, content]);
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents);
const tagged = (...contents: readonly Uint8Array[]): Buffer => der(0xa0, ...contents);
const octets = (content: Uint8Array): Buffer => der(0x04, content);
const integer = (value: number): Buffer => der(0x02, Buffer.from([value >> 8, value & 0xff]));
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

const data = identifier('2a864886f70d010701');
const encryptedData = identifier('2a864886f70d010706');
const keyBag = identifier('2a864886f70d010c0a0101');
const rc2 = identifier('2a864886f70d010c0106');
const sha256 = sequence(identifier('608648016503040201'), der(0x05));
const rounds = 2048;

export function legacyArchive(key: KeyObject, password: string, ...others: readonly KeyObject[]): Buffer {
  const bags = [key, ...others].map((one) => sequence(keyBag, tagged(one.export({ format: 'der', type: 'pkcs8' }))));
  const algorithm = sequence(rc2, sequence(octets(randomBytes(8)), integer(rounds)));
  const certificate = sequence(data, algorithm, der(0x80, randomBytes(64)));
  const safes = sequence(
    sequence(encryptedData, tagged(sequence(der(0x02, Buffer.of(0)), certificate))),
    sequence(data, tagged(octets(sequence(...bags)))),
  );
  const salt = randomBytes(8);
  const digest = createHmac('sha256', macKey(password, salt)).update(safes).digest();
  const mac = sequence(sequence(sha256, octets(digest)), octets(salt), integer(rounds));
  return sequence(der(0x02, Buffer.of(3)), sequence(data, tagged(octets(safes))), mac);
}

/** RFC 7292 appendix B.2 for one block of SHA-256, and passwords of up to 31 characters. */
function macKey(password: string, salt: Buffer): Buffer {
  const characters = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const block = (bytes: Buffer): Buffer => Buffer.alloc(64, bytes);
  let hash = Buffer.concat([Buffer.alloc(64, 3), block(salt), block(characters)]);
  for (let round = 0; round < rounds; round++) hash = createHash('sha256').update(hash).digest();
  return hash;
}
