/**
 * @module
 * Functions of `dw::core::Binaries` and `dw::Crypto`.
 */
import { createHash, createHmac } from 'node:crypto';
import { MintError } from '../../../diagnostics/mint-error.ts';
import { decoded, encoded, fromBase64, fromHex, toBase64, toHex } from '../binary-text.ts';
import { implied } from '../conversion.ts';
import { chargeConversion } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import type { Value } from '../values.ts';
import { array, binary, type FunctionRow, form, nothing, optional, string } from './row.ts';

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
  call.meter.textOf(bytes.length);
  const text = decoded(bytes, encoding);
  const found = text.split(/\r\n|\n|\r/);
  return call.meter.items(found.at(-1) === '' ? found.slice(0, -1) : found);
}

function joinLines(call: Evaluation, items: readonly Value[], encoding: string): Value {
  let text = '';
  for (const item of call.meter.items(items)) {
    chargeConversion(item, call.meter);
    const line = implied(item, 'String');
    if (typeof line !== 'string') throw wrongType('each line of `writeLinesWith`', 'a String', item);
    call.meter.textOf(text.length + line.length + 1);
    text += `${line}\n`;
  }
  return encoded(text, encoding);
}

/** The fixed cost of a hash, and the bytes that it processes in one step. */
const stepsPerHash = 20;
const bytesPerStep = 128;

const sizes = ['224', '256', '384', '512'];

/** Java's names of the algorithms and Node's. */
const digests: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ...['SHA', 'SHA1', 'SHA-1'].map((name): [string, string] => [name, 'sha1']),
  ...sizes.flatMap((size): [string, string][] => [
    [`SHA-${size}`, `sha${size}`],
    [`SHA${size}`, `sha${size}`],
    [`SHA3-${size}`, `sha3-${size}`],
  ]),
  ['SHA-512/224', 'sha512-224'],
  ['SHA-512/256', 'sha512-256'],
  ['SHA512/224', 'sha512-224'],
  ['SHA512/256', 'sha512-256'],
]);

const keyedDigests: ReadonlyMap<string, string> = new Map([
  ['HMACMD5', 'md5'],
  ['HMACSHA1', 'sha1'],
  ...sizes.flatMap((size): [string, string][] => [
    [`HMACSHA${size}`, `sha${size}`],
    [`HMACSHA3-${size}`, `sha3-${size}`],
  ]),
  ['HMACSHA512/224', 'sha512-224'],
  ['HMACSHA512/256', 'sha512-256'],
]);

function digestOf(name: string, names: ReadonlyMap<string, string>): string {
  const found = names.get(name.toUpperCase());
  if (found !== undefined) return found;
  throw new MintError('dataweave.unsupported', `The algorithm is not one of ${[...names.keys()].join(', ')}.`);
}

function hash(call: Evaluation, bytes: Uint8Array, algorithm: string): Buffer {
  call.meter.charge(stepsPerHash + Math.ceil(bytes.length / bytesPerStep));
  return createHash(digestOf(algorithm, digests)).update(bytes).digest();
}

/** @throws MintError `dataweave.arithmetic` for an empty secret, with which anybody could sign */
function hmac(call: Evaluation, secret: Uint8Array, bytes: Uint8Array, algorithm: string): Buffer {
  call.meter.charge(2 * stepsPerHash + Math.ceil((bytes.length + secret.length) / bytesPerStep));
  if (secret.length === 0) throw new MintError('dataweave.arithmetic', 'The secret of the HMAC is empty.');
  return createHmac(digestOf(algorithm, keyedDigests), secret).update(bytes).digest();
}

export const byteRows: readonly FunctionRow[] = [
  {
    module: binaries,
    name: 'toBase64',
    summary: 'The bytes, encoded in base64.',
    forms: [form([binary], ({ meter }, bytes) => meter.text(toBase64(bytes)))],
  },
  {
    module: binaries,
    name: 'fromBase64',
    summary: 'The bytes of a base64 string.',
    forms: [form([string], scanned(fromBase64))],
  },
  {
    module: binaries,
    name: 'toHex',
    summary: 'The bytes, encoded in upper-case hexadecimal.',
    forms: [form([binary], ({ meter }, bytes) => meter.text(toHex(bytes)))],
  },
  {
    module: binaries,
    name: 'fromHex',
    summary: 'The bytes of a hexadecimal string.',
    forms: [form([string], scanned(fromHex))],
  },
  {
    module: binaries,
    name: 'concatWith',
    summary: 'The concatenation of both.',
    forms: [
      form([binary, binary], (call, left, right) => bounded(call, Buffer.concat([left, right]))),
      form([binary, nothing], (_, left) => left),
      form([nothing, binary], (_, __, right) => right),
    ],
  },
  {
    module: binaries,
    name: 'readLinesWith',
    summary: 'The lines of text in the given encoding.',
    forms: [form([binary, string], lines)],
  },
  {
    module: binaries,
    name: 'writeLinesWith',
    summary: 'The lines as bytes in the given encoding, each with a line feed.',
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
    summary: 'The hash as bytes; the default algorithm is SHA-1.',
    forms: [form([binary, optional(string, 'SHA-1')], hash)],
  },
  {
    module: crypto,
    name: 'HMACWith',
    summary: 'The HMAC in hexadecimal. The parameters are key, content and algorithm (default `HmacSHA1`).',
    forms: [
      form([binary, binary, optional(string, 'HmacSHA1')], (call, secret, bytes, algorithm) =>
        hmac(call, secret, bytes, algorithm).toString('hex'),
      ),
    ],
  },
  {
    module: crypto,
    name: 'HMACBinary',
    summary: 'The HMAC as bytes. The parameters are key, content and algorithm (default `HmacSHA1`).',
    forms: [form([binary, binary, optional(string, 'HmacSHA1')], hmac)],
  },
];
