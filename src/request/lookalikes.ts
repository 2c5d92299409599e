/**
 * @module
 * Headers that a backend may take for one that mintproc writes: CGI and everything after its model (WSGI, Rack, PHP)
 * reads `x_backend_token` and `x-backend-token` as one variable (RFC 3875 section 4.1.18). A client that sends the
 * first beside our second would have its own value read.
 */
import type { HeaderFields } from './header-fields.ts';

/** A name that is spelt with something else than dashes. */
const odd = /[^a-z0-9:-]/;

/** Byte by byte, as servers do: a folded name is as long as the name was in UTF-8. */
function fold(name: string): string {
  return Buffer.from(name, 'utf8')
    .toString('latin1')
    .replace(/[^a-z0-9]/g, '-');
}

/** Finds the names in a request's headers that look like one of some names, these names included. */
export type FindLookalikes = (headers: HeaderFields) => readonly string[];

/**
 * Where one of `names` is itself spelt oddly, its spelling with dashes is one of its lookalikes; what has neither a dash
 * nor anything odd has none.
 */
export function lookalikesOf(names: readonly string[]): FindLookalikes {
  const folded = new Set(names.map(fold).filter((name) => name.includes('-')));
  const lengths = new Set([...folded].map((name) => name.length));
  if (folded.size === 0) return () => none;
  return (headers) => {
    const candidates = headers.namesOfLength(lengths);
    if (candidates.length === 0) return none;
    return [...new Set(candidates.filter((name) => folded.has(odd.test(name) ? fold(name) : name)))];
  };
}

const none: readonly string[] = [];
