/**
 * @module
 * Headers that a backend may take for one that mintproc writes: CGI and everything after its model (WSGI, Rack, PHP)
 * reads `x_backend_token` and `x-backend-token` as one variable (RFC 3875 section 4.1.18). A client that sends the
 * first beside our second would have its own value read.
 */

type Headers = readonly (readonly [name: string, value: string])[];

/** A name that is spelt with something else than dashes. */
const odd = /[^a-z0-9:-]/;

function fold(name: string): string {
  return name.replace(/[^a-z0-9]/g, '-');
}

/**
 * Those of `headers` that have lookalikes, folded to the form in which lookalikes are equal; where one of them is itself
 * spelt oddly, its spelling with dashes is one of its lookalikes.
 */
export function foldedHeaders(headers: readonly string[]): ReadonlySet<string> {
  return new Set(headers.map(fold).filter((header) => header.includes('-')));
}

/** The names in `headers` that look like one of `folded`, the same names included. */
export function lookalikes(headers: Headers, folded: ReadonlySet<string>): readonly string[] {
  if (folded.size === 0) return [];
  const names = new Set<string>();
  for (const [name] of headers) if (folded.has(odd.test(name) ? fold(name) : name)) names.add(name);
  return [...names];
}
