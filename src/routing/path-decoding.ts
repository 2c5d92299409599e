/**
 * @module
 * The ways in which servers decode a path: percent-encoding, and the odd forms beside it that some still accept.
 */
import { isUtf8 } from 'node:buffer';

/** One way; what it does not know stays as it is. */
export type Decode = (path: string) => string;

/** All of them. A server may know any of these, and may decode more than once. */
export const decoders: readonly Decode[] = [decodeAll, decodeOverlong, decodeUnicode, foldWide];

const escapes = /(?:%[0-9A-Fa-f]{2})+/g;

/** RFC 3986 section 6.2.2.2: an encoded letter is the letter. What delimits or hides something stays encoded. */
export function decodePlain(path: string): string {
  return path.includes('%') ? path.replace(escapes, (run) => run.replace(plainRun, decodeRun)) : path;
}

/** Escapes other than those of control characters and of `# % / ; ? \`. */
const plainRun = /(?:%(?!0|1|23|25|2F|3B|3F|5C|7F)[0-9A-F]{2})+/gi;

function decodeAll(path: string): string {
  return path.includes('%') ? path.replace(escapes, decodeRun) : path;
}

/**
 * The characters that a run of escapes stands for. Where they are not UTF-8, those of ASCII are decoded all the same:
 * a stray `%FF` beside `%2F` must not hide the slash, which a backend that decodes byte by byte would find.
 */
function decodeRun(run: string): string {
  if (run.length === 3) return decodeLone(run);
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  // Asked first: an error for each of thousands of runs would take its time.
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeAscii(run);
}

function decodeLone(escaped: string): string {
  const code = Number.parseInt(escaped.slice(1), 16);
  return code < 0x80 ? String.fromCharCode(code) : escaped;
}

const asciiEscapes = /%[0-7][0-9A-F]/gi;

function decodeAscii(run: string): string {
  return run.replace(asciiEscapes, decodeLone);
}

/**
 * UTF-8 with more bytes than the character needs (`%c0%ae` is a dot), which RFC 3629 section 3 forbids and lenient
 * decoders accept; the most lenient ones do not even check the last byte. The bytes may also stand as they are: a value
 * that is not UTF-8 is read as latin1.
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

/** A byte with these two hexadecimal digits, percent-encoded or as it is. */
function byte(digits: string): string {
  const raw = Array.from({ length: 128 }, (_, low) => low + 128).filter((code) =>
    new RegExp(`^${digits}$`).test(code.toString(16)),
  );
  return `(?:%${digits}|[${raw.map((code) => `\\x${code.toString(16)}`).join('')}])`;
}

/** Five and six bytes also reach beyond what Unicode has. */
const lastCharacter = 0x10ffff;

function decodeOverlong(path: string): string {
  return path.replace(overlong, (sequence) => {
    const [first = 0, ...rest] = sequence.match(/%[\da-f]{2}|[^%]/gi)?.map(byteOf) ?? [];
    // A first byte says by its leading ones how many follow; its other bits are the character's.
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
 * Characters that stand for one of ASCII where a server converts to a smaller character set or normalizes (NFKC):
 * full-width forms, leaders of dots, and other slashes.
 */
export const wide = '\u2024-\u2026\u2044\u2215\u2216\ufe50-\ufe6b\uff01-\uff5e';

const wideOnes = new RegExp(`[${wide}]`, 'g');
const slashes: ReadonlyMap<string, string> = new Map([
  ['\u2044', '/'],
  ['\u2215', '/'],
  ['\u2216', '\\'],
]);

function foldWide(path: string): string {
  return path.replace(wideOnes, (character) => slashes.get(character) ?? character.normalize('NFKC'));
}
