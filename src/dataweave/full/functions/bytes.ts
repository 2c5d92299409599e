/**
 * @module
 * Functions of `dw::core::Binaries` and `dw::Crypto`.
 */
import { createHash, createHmac } from 'node:crypto';
import { MintError } from '../../../diagnostics/mint-error.ts';
import { decoded, encoded, fromBase64, fromHex, toBase64, toHex } from '../binary-text.ts';
import { implied } from '../conversion.ts';
import type { Evaluation } from '../evaluation.ts';
import { mismatch } from '../failures.ts';
import type { Value } from '../values.ts';
import { array, binary, type FullRow, form, nothing, optional, string } from './row.ts';

const binaries = 'dw::core::Binaries';
const crypto = 'dw::Crypto';

/** @throws MintError `dataweave.string-too-long` */
function bounded(call: Evaluation, bytes: Uint8Array): Uint8Array {
  call.meter.textOf(bytes.length);
  return bytes;
}

function scanned(read: (text: string) => Uint8Array): (call: Evaluation, text: string) => Value {
  return ({ meter }, text) => {
    meter.scan(text);
    return read(text);
  };
}

function lines(call: Evaluation, bytes: Uint8Array, encoding: string): Value {
  const text = decoded(bytes, encoding);
  const found = text.split(/\r\n|\n|\r/);
  return call.meter.items(found.at(-1) === '' ? found.slice(0, -1) : found);
}

function joinLines(call: Evaluation, items: readonly Value[], encoding: string): Value {
  let text = '';
  for (const item of call.meter.items(items)) {
    const line = implied(item, 'String');
    if (typeof line !== 'string') throw mismatch('each line', 'a String', item);
    call.meter.textOf(text.length + line.length + 1);
    text += `${line}\n`;
  }
  return encoded(text, encoding);
}

/** A hash costs this many steps to begin with, and one for so many bytes. */
const stepsPerHash = 20;
const bytesPerStep = 128;

/** Java's names of the algorithms; the engine takes any that its Java has. */
const digests: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  SHA1: 'sha1',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function digestOf(name: string): string {
  const found = digests[name.toUpperCase()];
  if (found !== undefined) return found;
  throw new MintError('dataweave.unsupported', `The algorithms are ${Object.keys(digests).join(', ')}.`);
}

function hash(call: Evaluation, bytes: Uint8Array, algorithm: string): Buffer {
  call.meter.charge(stepsPerHash + Math.ceil(bytes.length / bytesPerStep));
  return createHash(digestOf(algorithm)).update(bytes).digest();
}

function hmac(call: Evaluation, secret: Uint8Array, bytes: Uint8Array, algorithm: string): Buffer {
  call.meter.charge(2 * stepsPerHash + Math.ceil((bytes.length + secret.length) / bytesPerStep));
  return createHmac(digestOf(algorithm.replace(/^Hmac(SHA)?/i, (_, sha) => (sha === undefined ? '' : 'SHA-'))), secret)
    .update(bytes)
    .digest();
}

export const byteRows: readonly FullRow[] = [
  {
    module: binaries,
    name: 'toBase64',
    summary: 'The bytes in base64.',
    forms: [form([binary], ({ meter }, bytes) => meter.text(toBase64(bytes)))],
  },
  {
    module: binaries,
    name: 'fromBase64',
    summary: 'The bytes that are written in base64.',
    forms: [form([string], scanned(fromBase64))],
  },
  {
    module: binaries,
    name: 'toHex',
    summary: 'The bytes in hexadecimal, with capitals.',
    forms: [form([binary], ({ meter }, bytes) => meter.text(toHex(bytes)))],
  },
  {
    module: binaries,
    name: 'fromHex',
    summary: 'The bytes that are written in hexadecimal.',
    forms: [form([string], scanned(fromHex))],
  },
  {
    module: binaries,
    name: 'concatWith',
    summary: 'The bytes of both.',
    forms: [
      form([binary, binary], (call, left, right) => bounded(call, Buffer.concat([left, right]))),
      form([binary, nothing], (_, left) => left),
      form([nothing, binary], (_, __, right) => right),
    ],
  },
  {
    module: binaries,
    name: 'readLinesWith',
    summary: 'The lines of a text in an encoding.',
    forms: [form([binary, string], lines)],
  },
  {
    module: binaries,
    name: 'writeLinesWith',
    summary: 'The lines as bytes in an encoding, each with its end.',
    forms: [form([array, string], joinLines)],
  },
  {
    module: crypto,
    name: 'MD5',
    summary: 'The MD5 hash in hexadecimal.',
    forms: [form([binary], (call, bytes) => hash(call, bytes, 'MD5').toString('hex'))],
  },
  {
    module: crypto,
    name: 'SHA1',
    summary: 'The SHA-1 hash in hexadecimal.',
    forms: [form([binary], (call, bytes) => hash(call, bytes, 'SHA-1').toString('hex'))],
  },
  {
    module: crypto,
    name: 'hashWith',
    summary: 'The hash as bytes, by SHA-1 unless another algorithm is named.',
    forms: [form([binary, optional(string, 'SHA-1')], hash)],
  },
  {
    module: crypto,
    name: 'HMACWith',
    summary: 'The keyed hash in hexadecimal: key, content, algorithm (`HmacSHA1` unless named).',
    forms: [
      form([binary, binary, optional(string, 'HmacSHA1')], (call, secret, bytes, algorithm) =>
        hmac(call, secret, bytes, algorithm).toString('hex'),
      ),
    ],
  },
  {
    module: crypto,
    name: 'HMACBinary',
    summary: 'The keyed hash as bytes: key, content, algorithm (`HmacSHA1` unless named).',
    forms: [form([binary, binary, optional(string, 'HmacSHA1')], hmac)],
  },
];
