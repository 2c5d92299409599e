/**
 * @module
 * Headers that a backend may mistake for one that mintproc writes. CGI and interfaces modelled on it (WSGI, Rack, PHP)
 * read `x_backend_token` and `x-backend-token` as one variable (RFC 3875 section 4.1.18). If a client sends the first,
 * the backend may read it instead of our `x-backend-token`.
 */
import type { HeaderFields } from './header-fields.ts';

/** A name with separators other than dashes. */
const unusualName = /[^a-z0-9:-]/;

/** Folds byte by byte, as servers do, so a folded name is as long as the name in UTF-8. */
function fold(name: string): string {
  return Buffer.from(name, 'utf8')
    .toString('latin1')
    .replace(/[^a-z0-9]/g, '-');
}

/** Finds the lookalikes of given names in a request's headers, the names themselves included. */
export type FindLookalikes = (headers: Pick<HeaderFields, 'namesOfLength'>) => readonly string[];

/**
 * If one of `names` has other separators than dashes, its spelling with dashes is one of its lookalikes. A name without
 * any separator has none.
 */
export function lookalikesOf(names: readonly string[]): FindLookalikes {
  const folded = new Set(names.map(fold).filter((name) => name.includes('-')));
  const lengths = new Set([...folded].map((name) => name.length));
  if (folded.size === 0) return () => none;
  return (headers) => {
    const candidates = headers.namesOfLength(lengths);
    if (candidates.length === 0) return none;
    return [...new Set(candidates.filter((name) => folded.has(unusualName.test(name) ? fold(name) : name)))];
  };
}

const none: readonly string[] = [];
