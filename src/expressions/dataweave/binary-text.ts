/**
 * @module
 * Converts between bytes and strings: by a character encoding, in base64 or in hexadecimal. As in Java, a character
 * that cannot be encoded becomes `?`, and bytes that cannot be decoded become U+FFFD.
 */
import { MintError } from '../../diagnostics/mint-error.ts';

interface Encoding {
  readonly name: string;
  /** Java's other names. */
  readonly aliases: readonly string[];
  readonly encode: (text: string) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => string;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An encoding of one byte per character, up to the character `highest`. */
function singleByte(name: string, aliases: readonly string[], highest: number): Encoding {
  const beyond = highest === 0xff ? /[^\0-\xff]/ : /[^\0-\x7f]/;
  return {
    name,
    aliases,
    encode: (text) => (beyond.test(text) ? withQuestionMarks(text, highest) : Buffer.from(text, 'latin1')),
    decode: (bytes) =>
      highest === 0xff
        ? view(bytes).toString('latin1')
        : view(bytes)
            .toString('latin1')
            .replace(/[\x80-\xff]/g, '\ufffd'),
  };
}

/** Encodes with a question mark for each character that the encoding does not have. */
function withQuestionMarks(text: string, highest: number): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isPairAt(text, at, unit)) at += 1;
    bytes[count] = unit <= highest ? unit : 0x3f;
    count += 1;
  }
  return bytes.subarray(0, count);
}

function isPairAt(text: string, at: number, unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** Several times as fast as the iterator of a string. */
function codePointsOf(text: string): Uint32Array {
  const codes = new Uint32Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const code = unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(at) ?? 0) : unit;
    if (code > 0xffff) at += 1;
    codes[count] = code;
    count += 1;
  }
  return codes.subarray(0, count);
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = Buffer.from(text.toWellFormed(), 'utf16le');
  return littleEndian ? bytes : bytes.swap16();
}

/** Java writes no byte order mark before nothing. */
function marked(text: string): string {
  return text === '' ? '' : byteOrderMark + text;
}

/** A byte order mark decides unless the encoding specifies the order. In that case the mark is a character. */
function decode16(bytes: Uint8Array, order: 'utf-16le' | 'utf-16be' | undefined): string {
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-16be';
  return new TextDecoder(order ?? marked, { ignoreBOM: order !== undefined }).decode(bytes);
}

function utf32(text: string, littleEndian: boolean): Uint8Array {
  const codes = surrogate.test(text) ? codePointsOf(text.toWellFormed()) : unitsOf(text);
  const bytes = Buffer.from(codes.buffer, codes.byteOffset, codes.byteLength);
  return littleEndian ? bytes : bytes.swap32();
}

function unitsOf(text: string): Uint32Array {
  const units = Buffer.from(text, 'utf16le');
  return Uint32Array.from(new Uint16Array(units.buffer, units.byteOffset, text.length));
}

/** @param order undefined if a byte order mark decides */
function decode32(bytes: Uint8Array, order?: 'little' | 'big'): string {
  const all = view(bytes);
  const hasMark = all.length >= 4;
  const isLittle = order === undefined ? hasMark && all.readUInt32LE(0) === 0xfeff : order === 'little';
  const isMarked = hasMark && (isLittle ? all.readUInt32LE(0) : all.readUInt32BE(0)) === 0xfeff;
  let text = '';
  for (let at = isMarked ? 4 : 0; at + 4 <= all.length; at += 4) {
    text += characterOf(isLittle ? all.readUInt32LE(at) : all.readUInt32BE(at));
  }
  return all.length % 4 === 0 ? text : `${text}\ufffd`;
}

function characterOf(code: number): string {
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '\ufffd';
}

const surrogate = /[\ud800-\udfff]/;

const byteOrderMark = '\ufeff';

const rows: readonly Encoding[] = [
  {
    name: 'UTF-8',
    aliases: ['UTF8'],
    encode: (text) => Buffer.from(text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '?'), 'utf8'),
    decode: (bytes) => view(bytes).toString('utf8'),
  },
  singleByte('US-ASCII', ['ASCII', 'ASCII7', 'ISO646-US', 'CP367', '646'], 0x7f),
  singleByte('ISO-8859-1', ['ISO8859_1', 'LATIN1', 'L1', 'ISO_8859-1', '8859_1', 'ISO8859-1', 'CP819'], 0xff),
  {
    name: 'UTF-16',
    aliases: ['UTF_16', 'UTF16', 'UNICODE', 'UNICODEBIG'],
    encode: (text) => utf16(marked(text), false),
    decode: (bytes) => decode16(bytes, undefined),
  },
  {
    name: 'UTF-16BE',
    aliases: ['UTF_16BE', 'X-UTF-16BE', 'UNICODEBIGUNMARKED'],
    encode: (text) => utf16(text, false),
    decode: (bytes) => decode16(bytes, 'utf-16be'),
  },
  {
    name: 'UTF-16LE',
    aliases: ['UTF_16LE', 'X-UTF-16LE', 'UNICODELITTLEUNMARKED'],
    encode: (text) => utf16(text, true),
    decode: (bytes) => decode16(bytes, 'utf-16le'),
  },
  {
    name: 'X-UTF-16LE-BOM',
    aliases: ['UNICODELITTLE'],
    encode: (text) => utf16(marked(text), true),
    decode: (bytes) =>
      decode16(bytes, bytes[0] === 0xfe && bytes[1] === 0xff ? undefined : 'utf-16le').replace(/^\ufeff/, ''),
  },
  {
    name: 'UTF-32',
    aliases: ['UTF_32', 'UTF32'],
    encode: (text) => utf32(text, false),
    decode: (bytes) => decode32(bytes),
  },
  {
    name: 'UTF-32BE',
    aliases: ['UTF_32BE', 'X-UTF-32BE'],
    encode: (text) => utf32(text, false),
    decode: (bytes) => decode32(bytes, 'big'),
  },
  {
    name: 'UTF-32LE',
    aliases: ['UTF_32LE', 'X-UTF-32LE'],
    encode: (text) => utf32(text, true),
    decode: (bytes) => decode32(bytes, 'little'),
  },
  {
    name: 'X-UTF-32BE-BOM',
    aliases: ['UTF_32BE_BOM', 'UTF-32BE-BOM'],
    encode: (text) => utf32(marked(text), false),
    decode: (bytes) => decode32(bytes),
  },
  {
    name: 'X-UTF-32LE-BOM',
    aliases: ['UTF_32LE_BOM', 'UTF-32LE-BOM'],
    encode: (text) => utf32(marked(text), true),
    decode: (bytes) => decode32(bytes, 'little'),
  },
];

const byName: ReadonlyMap<string, Encoding> = new Map(
  rows.flatMap((row) => [row.name, ...row.aliases].map((name): [string, Encoding] => [name, row])),
);

/** @throws MintError `dataweave.unsupported` */
function encodingOf(name: string): Encoding {
  const found = byName.get(name.toUpperCase());
  if (found !== undefined) return found;
  throw new MintError('dataweave.unsupported', `The encoding is not one of ${rows.map((row) => row.name).join(', ')}.`);
}

/** @throws MintError `dataweave.unsupported` for an unknown encoding */
export function encoded(text: string, encoding: string): Uint8Array {
  const found = encodingOf(encoding);
  const bytes = found.encode(text);
  if (found.name !== 'UTF-8') madeBy.set(bytes, found);
  return bytes;
}

/** The encoding that made bytes, if it was not UTF-8. The engine writes them as JSON by it, and converts by UTF-8. */
const madeBy = new WeakMap<Uint8Array, Encoding>();

/** Bytes as a string of JSON. */
export function writtenText(bytes: Uint8Array): string {
  return madeBy.get(bytes)?.decode(bytes) ?? view(bytes).toString('utf8');
}

/** @throws MintError `dataweave.unsupported` for an unknown encoding */
export function decoded(bytes: Uint8Array, encoding: string): string {
  return encodingOf(encoding).decode(bytes);
}

export function toBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64');
}

/** @throws MintError `dataweave.conversion` */
export function fromBase64(spaced: string): Uint8Array {
  const text = spaced.replace(/\s+/g, '');
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === '=') end -= 1;
  const digits = text.slice(0, end);
  const padding = text.length - end;
  const isWhole = padding === 0 || (padding <= 2 && (digits.length + padding) % 4 === 0);
  if (/^[A-Za-z0-9+/]*$/.test(digits) && digits.length % 4 !== 1 && isWhole) return Buffer.from(digits, 'base64');
  throw new MintError('dataweave.conversion', 'The string is not valid base64.');
}

export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex').toUpperCase();
}

/** @throws MintError `dataweave.conversion` */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text)) return Buffer.from(text, 'hex');
  throw new MintError('dataweave.conversion', 'The string is not valid hexadecimal.');
}

interface Wanted {
  readonly base?: string | undefined;
  readonly encoding?: string | undefined;
}

/** @throws MintError `dataweave.conversion`, `dataweave.unsupported` */
export function bytesFrom(text: string, { base, encoding }: Wanted): Uint8Array {
  if (base === undefined) return encoded(text, encoding ?? 'UTF-8');
  return requireBase(base) === '64' ? fromBase64(text) : fromHex(text);
}

/** @throws MintError `dataweave.conversion`, `dataweave.unsupported` */
export function textFrom(bytes: Uint8Array, { base, encoding }: Wanted): string {
  if (base === undefined) return decoded(bytes, encoding ?? 'UTF-8');
  return requireBase(base) === '64' ? toBase64(bytes) : toHex(bytes);
}

function requireBase(base: string): '64' | '16' {
  if (base === '64' || base === '16') return base;
  throw new MintError('dataweave.conversion', 'The base of a Binary must be 64 or 16.');
}
