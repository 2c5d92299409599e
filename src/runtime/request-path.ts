/**
 * @module
 * The path of a request as routes compare it, and the other ways in which a backend could read it.
 *
 * A request that matches no route goes on untouched, so a path that mintproc reads as `/public` and the backend as
 * `/orders` would reach the backend without its token, or with one that the caller made up. Which of the usual
 * liberties the backend takes (decoding `%2F`, `\` as a slash, dropping `;v=1`, merging slashes, resolving dots) is not
 * known here. So none is guessed: an unusual path is read in all ways, and the router refuses it unless every reading
 * leads to the same policies. Usual paths have one reading and pay one test.
 */
import { isUtf8 } from 'node:buffer';

/**
 * An unusual path that is longer, or has more readings, is not compared at all. The work grows with both; at these
 * bounds it is about one RSA signature.
 */
export const longestUnusualPath = 1024;
export const mostReadings = 64;

/** What makes a path mean different things to different servers; the rest of the percent-encodings is decoded before. */
const unusual = /[%\\;#?\0]|\/\/|\/\.\.?(?:\/|$)|^[^/]/;

type Liberty = (path: string) => string;

/** In an order in which each can bring about the next: `%5C` is a backslash, `..;x` a dot segment. */
const liberties: readonly Liberty[] = [
  (path) => path.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/]*/i, ''),
  decodeAll,
  decodeAll,
  (path) => path.replaceAll('\\', '/'),
  (path) => path.replace(/[?#\0].*$/s, ''),
  (path) => path.replace(/;[^/]*/g, ''),
  (path) => path.replace(/\/{2,}/g, '/'),
  resolveDots,
];

/**
 * The readings of `:path`, in lower case and without the query: one for a usual path, the path as it stands first.
 * Undefined where the path is too long or too twisted to be read in all ways.
 */
export function pathReadings(target: string): readonly string[] | undefined {
  const plain = decodePlain(withoutQuery(target));
  if (!unusual.test(plain)) return [plain.toLowerCase()];
  if (plain.length > longestUnusualPath) return undefined;
  const readings = new Set([plain]);
  for (const liberty of liberties) {
    for (const reading of [...readings]) readings.add(liberty(reading));
    if (readings.size > mostReadings) return undefined;
  }
  return Array.from(readings, (reading) => reading.toLowerCase());
}

/**
 * A `pathPrefix` as it is compared: lower case, without a slash at its end (so `/` is the empty text). Undefined where
 * it does not begin with a slash or is itself unusual.
 */
export function readPathPrefix(text: string): string | undefined {
  const plain = decodePlain(text);
  return plain === '' || unusual.test(plain) ? undefined : plain.toLowerCase().replace(/\/$/, '');
}

/** Whether `path` is `prefix` or lies below it. */
export function isBelow(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length ? prefix !== '' : path.charCodeAt(prefix.length) === 0x2f;
}

function withoutQuery(target: string): string {
  const mark = target.indexOf('?');
  return mark === -1 ? target : target.slice(0, mark);
}

const escapes = /(?:%[0-9A-Fa-f]{2})+/g;

/** RFC 3986 section 6.2.2.2: an encoded letter is the letter. What delimits or hides something stays encoded. */
function decodePlain(path: string): string {
  return path.includes('%') ? path.replace(escapes, (run) => run.replace(plainRun, decodeRun)) : path;
}

/** Escapes other than those of control characters and of `# % / ; ? \`. */
const plainRun = /(?:%(?!0|1|23|25|2F|3B|3F|5C|7F)[0-9A-F]{2})+/gi;

function decodeAll(path: string): string {
  return path.replace(escapes, decodeRun);
}

/**
 * The characters that a run of escapes stands for. Where they are not UTF-8, those of ASCII are decoded all the same:
 * a stray `%FF` beside `%2F` must not hide the slash, which a backend that decodes byte by byte would find.
 */
function decodeRun(run: string): string {
  if (run.length === 3) return decodeAscii(run);
  const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
  // Asked first: an error for each of thousands of runs would take its time.
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeAscii(run);
}

const asciiEscapes = /%[0-7][0-9A-F]/gi;

function decodeAscii(run: string): string {
  return run.replace(asciiEscapes, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)));
}

/** RFC 3986 section 5.2.4. */
function resolveDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else {
      if (segment === '..' && kept.length > 1) kept.pop();
      if (index === segments.length - 1) kept.push('');
    }
  }
  return kept.join('/');
}
