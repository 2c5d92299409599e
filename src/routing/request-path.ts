/**
 * @module
 * The path of a request as routes compare it, and the other ways in which a backend could interpret it.
 *
 * A request that matches no route is forwarded unchanged. If mintproc interpreted a path as `/public` and the backend
 * as `/orders`, it would reach the backend without its token, or with one that the caller made up. Which
 * transformations the backend applies (decoding `%2F`, `\` as a slash, dropping `;v=1`, merging slashes, resolving
 * dots) is not known. So an unusual path is interpreted in all ways, and the router refuses it unless all
 * interpretations lead to the same policies. Usual paths have one interpretation and cost one regular expression.
 */
import { decodePlain, decoders, wide } from './path-decoding.ts';

/**
 * An unusual path that is longer or has more interpretations is refused. The work grows with both; at these limits it
 * is about one RSA signature. @internal Exported for tests of the limits.
 */
export const longestUnusualPath = 1024;
/** @internal Exported for tests of the limits. */
export const maxInterpretations = 64;

/**
 * What servers interpret differently. Harmless percent-encodings are decoded before. The last two lines: a segment with
 * a space at its edge or a dot at its end (dot segments too), and raw bytes of overlong UTF-8.
 */
const unusual = new RegExp(
  [
    `[%\\\\;#?\\x00-\\x1f\\x7f${wide}]|\\/\\/|^[^/]`,
    '[.\\s](?:\\/|$)|\\/\\s',
    '[\\xc0\\xc1\\xe0\\xf0\\xf8\\xfc][\\x80-\\xbf]',
  ].join('|'),
);

type Transformation = (path: string) => string;

/** What servers do after decoding, in an order in which one can enable the next: `..;x` becomes a dot segment. */
const transformations: readonly Transformation[] = [
  (path) => path.replaceAll('\\', '/'),
  (path) => upTo('\0', path),
  (path) => upTo('?', path),
  (path) => upTo('#', path),
  (path) => path.replace(/;[^/]*/g, ''),
  // The WHATWG URL standard removes these anywhere.
  (path) => path.replace(/[\t\n\r]/g, ''),
  (path) => path.replace(/(?<![\s\p{Cc}])[\s\p{Cc}]+(?=\/|$)|(?<=\/)[\s\p{Cc}]+/gu, ''),
  // Windows drops them from file names, and so a name of nothing else (`...`), which is no dot segment.
  (path) => path.replace(/(?<=[^/.\s])[.\s]+(?=\/|$)|(?<=\/)(?!\.{1,2}(?:\/|$))[.\s]+(?=\/|$)/g, ''),
  (path) => path.replace(/\/{2,}/g, '/'),
  resolveDots,
];

/** A scheme and a host before the path. */
const authority = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/]*/i;

/**
 * The interpretations of `:path`, in lower case and without the query. The path without transformations is the first; a
 * usual path has no other. Undefined if the path is too long or has too many.
 */
export function pathInterpretations(target: string): readonly string[] | undefined {
  const raw = upTo('?', target);
  const plain = decodePlain(raw);
  if (!unusual.test(plain)) return [plain.toLowerCase()];
  if (plain.length > longestUnusualPath) return undefined;
  // Also as it arrived: a server that normalizes before it decodes folds only what the client did not encode.
  const found = new Set([plain, raw].flatMap((path) => [path, path.replace(authority, '')]));
  // Decoded paths are added to the set while it is iterated, so they are decoded again.
  for (const path of found) {
    for (const decode of decoders) found.add(decode(path));
    if (found.size > maxInterpretations) return undefined;
  }
  for (const transform of transformations) {
    for (const path of [...found]) found.add(transform(path));
    if (found.size > maxInterpretations) return undefined;
  }
  return Array.from(found, (path) => path.toLowerCase());
}

/** Whether a path of the configuration begins with a slash and has one interpretation. */
export function isUsual(text: string): boolean {
  return text !== '' && !unusual.test(decodePlain(text));
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
