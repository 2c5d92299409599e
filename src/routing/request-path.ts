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
import { decodePlain, decoders, wide } from './path-decoding.ts';

/**
 * An unusual path that is longer, or has more readings, is not compared at all. The work grows with both; at these
 * bounds it is about one RSA signature.
 */
export const longestUnusualPath = 1024;
export const mostReadings = 64;

/**
 * What makes a path mean different things to different servers; the rest of the percent-encodings is decoded before.
 * The last two lines: a segment with a space at its edge or a dot at its end (dot segments too), and bytes of overlong
 * UTF-8 that stand as they are.
 */
const unusual = new RegExp(
  [
    `[%\\\\;#?\\x00-\\x1f\\x7f${wide}]|\\/\\/|^[^/]`,
    '[.\\s](?:\\/|$)|\\/\\s',
    '[\\xc0\\xc1\\xe0\\xf0\\xf8\\xfc][\\x80-\\xbf]',
  ].join('|'),
);

type Liberty = (path: string) => string;

/** What servers do after they decoded, in an order in which each can bring about the next: `..;x` is a dot segment. */
const liberties: readonly Liberty[] = [
  (path) => path.replaceAll('\\', '/'),
  (path) => upTo('\0', path),
  (path) => upTo('?', path),
  (path) => upTo('#', path),
  (path) => path.replace(/;[^/]*/g, ''),
  // The WHATWG URL standard removes these anywhere.
  (path) => path.replace(/[\t\n\r]/g, ''),
  (path) => path.replace(/(?<![\s\p{Cc}])[\s\p{Cc}]+(?=\/|$)|(?<=\/)[\s\p{Cc}]+/gu, ''),
  // Windows drops them from a file's name.
  (path) => path.replace(/(?<=[^/.\s])[.\s]+(?=\/|$)/g, ''),
  (path) => path.replace(/\/{2,}/g, '/'),
  resolveDots,
];

/** A scheme and a host before the path. */
const authority = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/]*/i;

/**
 * The readings of `:path`, in lower case and without the query: one for a usual path, the path as it stands first.
 * Undefined where the path is too long or too twisted to be read in all ways.
 */
export function pathReadings(target: string): readonly string[] | undefined {
  const plain = decodePlain(upTo('?', target));
  if (!unusual.test(plain)) return [plain.toLowerCase()];
  if (plain.length > longestUnusualPath) return undefined;
  const readings = new Set([plain, plain.replace(authority, '')]);
  // What a decoding adds is decoded in its turn.
  for (const reading of readings) {
    for (const decode of decoders) readings.add(decode(reading));
    if (readings.size > mostReadings) return undefined;
  }
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

function upTo(mark: string, path: string): string {
  const at = path.indexOf(mark);
  return at === -1 ? path : path.slice(0, at);
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
