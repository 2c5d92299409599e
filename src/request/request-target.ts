/**
 * @module
 * The parts of `:path`: path, query and query parameters.
 *
 * Flex Gateway resolves `:path` against a fixed base as a WHATWG URL: dot segments are resolved, `//host/x` is the path
 * `/x` of another host, and an invalid target has neither path nor query. This is the same algorithm, with a fast path
 * for targets that it would not change.
 */

export interface RequestTarget {
  readonly path: string | null;
  readonly query: string | null;
}

/** For each ASCII character, where the URL standard does not encode it. */
const [inPath, inQuery] = [1, 2];
const kept = new Uint8Array(128);
for (const character of ascii(/[A-Za-z0-9._~!$&()*+,;=:@/-]/)) kept[character] = inPath | inQuery;
for (const character of ascii(/[%?]/)) kept[character] = inQuery;

function ascii(pattern: RegExp): readonly number[] {
  return Array.from({ length: 128 }, (_, code) => code).filter((code) => pattern.test(String.fromCharCode(code)));
}

const [slash, dot, questionMark] = [0x2f, 0x2e, 0x3f];

export function readTarget(target: string): RequestTarget {
  if (!isPlain(target)) return readAsUrl(target);
  const mark = target.indexOf('?');
  return mark === -1 ? { path: target, query: null } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Nothing to encode, no other host (`//`) and no dot segment, which need the full algorithm. */
function isPlain(target: string): boolean {
  if (target.charCodeAt(0) !== slash || target.charCodeAt(1) === slash) return false;
  let wanted = inPath;
  let before = 0;
  for (let at = 0; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === questionMark && wanted === inPath) wanted = inQuery;
    else if (((kept[unit] ?? 0) & wanted) === 0) return false;
    if (unit === dot && before === slash && wanted === inPath) return false;
    before = unit;
  }
  return true;
}

function readAsUrl(target: string): RequestTarget {
  const url = URL.parse(target, 'http://request');
  if (url === null) return { path: null, query: null };
  // `search` is also empty for a bare `?`; `href` distinguishes the two.
  const mark = url.href.indexOf('?');
  const hash = url.href.indexOf('#');
  const hasQuery = mark !== -1 && (hash === -1 || mark < hash);
  return { path: url.pathname, query: hasQuery ? url.search.slice(1) : null };
}

/**
 * The query's parameters, form-decoded (WHATWG URL section 5.1). The last of a repeated name is used.
 *
 * @param query from `readTarget`: ASCII, everything else percent-encoded
 */
export function readQuery(query: string | null): ReadonlyMap<string, string> {
  if (query === null) return new Map();
  return query.includes('%') || query.includes('+') ? new Map(new URLSearchParams(`?${query}`)) : splitQuery(query);
}

/** Does what `URLSearchParams` does if nothing is encoded, at a fifth of its cost. */
function splitQuery(query: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const part of query.split('&')) {
    const mark = part.indexOf('=');
    if (mark !== -1) params.set(part.slice(0, mark), part.slice(mark + 1));
    else if (part !== '') params.set(part, '');
  }
  return params;
}
