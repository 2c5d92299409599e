/**
 * @module
 * The ways in which servers decode a path: percent-encoding, and other forms that some servers accept.
 */
import { isUtf8 } from 'node:buffer';

/** Decodes one form and leaves everything else unchanged. */
type Decode = (path: string) => string;

/** A server may apply any of these, also repeatedly. */
export const decoders: readonly Decode[] = [decodeAll, decodeOverlong, decodeUnicode, foldWide];

const escapes = /(?:%[0-9A-Fa-f]{2})+/g;

/** RFC 3986 section 6.2.2.2: an encoded letter is the letter. Delimiters and control characters stay encoded. */
export function decodePlain(path: string): string {
  return path.includes('%') ? path.replace(escapes, (run) => run.replace(plainRun, decodeRun)) : path;
}

/** Escapes other than those of control characters and of `# % / ; ? \`. */
const plainRun = /(?:%(?!0|1|23|25|2F|3B|3F|5C|7F)[0-9A-F]{2})+/gi;

/** Percent-decodes once. What is not UTF-8 keeps its escapes, except those of ASCII. */
export function decodeAll(path: string): string {
  return path.includes('%') ? path.replace(escapes, decodeRun) : path;
}

/**
 * Decodes a run of escapes. If it is not UTF-8, its ASCII characters are decoded anyway: a stray `%FF` next to `%2F`
 * must not hide the slash, which a backend that decodes byte by byte would find.
 */
function decodeRun(run: string): string {
  if (run.length === 3) return decodeSingle(run);
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  // Checked first: throwing an error for each of thousands of runs would be slow.
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeAscii(run);
}

function decodeSingle(escaped: string): string {
  const code = Number.parseInt(escaped.slice(1), 16);
  return code < 0x80 ? String.fromCharCode(code) : escaped;
}

const asciiEscapes = /%[0-7][0-9A-F]/gi;

function decodeAscii(run: string): string {
  return run.replace(asciiEscapes, decodeSingle);
}

/**
 * UTF-8 with more bytes than the character needs (`%c0%ae` is a dot), which RFC 3629 section 3 forbids and lenient
 * decoders accept. Some do not even check the last byte. The bytes may also be unescaped, since a value that is not
 * UTF-8 is read as latin1.
 */
const overlong = new RegExp(
  [
    `${byte('c[01]')}(?:%[0-9ab][\\da-f]|[^%\\xc0-\\xff])`,
    `${byte('e0')}${byte('[89][\\da-f]')}${byte('[89ab][\\da-f]')}`,
    `${byte('f0')}${byte('8[\\da-f]')}(?:${byte('[89ab][\\da-f]')}){2}`,
    `${byte('f8')}${byte('8[0-7]')}(?:${byte('[89ab][\\da-f]')}){3}`,
    `${byte('fc')}${byte('8[0-3]')}(?:${byte('[89ab][\\da-f]')}){4}`,
  ].join('|'),
  'gi',
);

/** Matches a byte with these two hexadecimal digits, percent-encoded or raw. */
function byte(digits: string): string {
  const raw = Array.from({ length: 128 }, (_, low) => low + 128).filter((code) =>
    new RegExp(`^${digits}$`).test(code.toString(16)),
  );
  return `(?:%${digits}|[${raw.map((code) => `\\x${code.toString(16)}`).join('')}])`;
}

/** The last code point of Unicode. Five and six bytes can encode more. */
const lastCharacter = 0x10ffff;

function decodeOverlong(path: string): string {
  return path.replace(overlong, (sequence) => {
    const [first = 0, ...rest] = sequence.match(/%[\da-f]{2}|[^%]/gi)?.map(byteOf) ?? [];
    // The leading ones of the first byte are the number of bytes; its other bits belong to the character.
    const bits = first & (0x7f >> (rest.length + 1));
    const code = rest.reduce((before, next) => before * 64 + (next & 0x3f), bits);
    return code > lastCharacter ? sequence : String.fromCodePoint(code);
  });
}

function byteOf(text: string): number {
  return text.length === 1 ? text.charCodeAt(0) & 0xff : Number.parseInt(text.slice(1), 16);
}

/** `%u002e`, the form of JavaScript's `escape`, which IIS and some frameworks decode. */
function decodeUnicode(path: string): string {
  return path.replace(/%u([\da-f]{4})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/**
 * Characters that become ASCII if a server converts to a smaller character set or normalizes (NFKC): full-width forms,
 * dot leaders, and other slashes.
 */
export const wide = '\u2024-\u2026\u2044\u2215\u2216\ufe50-\ufe6b\uff01-\uff5e';

const wideCharacter = new RegExp(`[${wide}]`, 'g');
const slashes: ReadonlyMap<string, string> = new Map([
  ['\u2044', '/'],
  ['\u2215', '/'],
  ['\u2216', '\\'],
]);

function foldWide(path: string): string {
  return path.replace(wideCharacter, (character) => slashes.get(character) ?? character.normalize('NFKC'));
}
