/**
 * @module
 * The paths of a route: `pathPrefix`, the beginning of a path, and `path`, a whole one, in which `*` is one segment and
 * `/**` at the end one or more.
 */

export interface PathPattern {
  /** Names, or `*`. */
  readonly segments: readonly string[];
  /** What may follow: nothing, a slash, at least one segment, or anything. */
  readonly rest: 'none' | 'slash' | 'some' | 'any';
}

export function pathOf(path: string | undefined, prefix: string | undefined): PathPattern | undefined {
  if (path === undefined && prefix === undefined) return undefined;
  if (path === undefined) return { segments: segmentsOf(prefix ?? ''), rest: 'any' };
  const segments = segmentsOf(path);
  if (segments.at(-1) === '**') return { segments: segments.slice(0, -1), rest: 'some' };
  return { segments, rest: path.length > 1 && path.endsWith('/') ? 'slash' : 'none' };
}

/** As members of a `match`. */
export function pathText({ segments, rest }: PathPattern): { readonly [key: string]: string } {
  const text = `/${segments.join('/')}`;
  if (rest === 'any') return { pathPrefix: text };
  const ends = { none: '', slash: '/', some: '/**' };
  return { path: rest === 'none' ? text : `${text === '/' ? '' : text}${ends[rest]}` };
}

/** The paths that both match; undefined if there are none. */
export function commonPath(a: PathPattern, b: PathPattern): PathPattern | undefined {
  const [long, short] = a.segments.length >= b.segments.length ? [a, b] : [b, a];
  const rest = commonRest(long, short);
  const segments = long.segments.map((segment, index) => commonSegment(segment, short.segments[index]));
  return rest === undefined || segments.some((segment) => segment === undefined)
    ? undefined
    : { segments: segments.filter((segment) => segment !== undefined), rest };
}

function commonRest(long: PathPattern, short: PathPattern): PathPattern['rest'] | undefined {
  if (long.segments.length > short.segments.length) return goesOn(short) ? long.rest : undefined;
  if (long.rest === short.rest || short.rest === 'any') return long.rest;
  if (long.rest === 'any') return short.rest;
  return goesOn(long) || goesOn(short) ? undefined : 'none';
}

function goesOn({ rest }: PathPattern): boolean {
  return rest === 'some' || rest === 'any';
}

/** @param other undefined if the shorter path leaves it open */
function commonSegment(segment: string, other: string | undefined): string | undefined {
  if (other === undefined || other === '*') return segment;
  return segment === '*' || segment.toLowerCase() === other.toLowerCase() ? other : undefined;
}

/** The number of segments; then whether it ends; then how many are names. */
export function pathSpecificity(path: PathPattern | undefined): readonly number[] {
  if (path === undefined) return [0, 0, 0];
  const ends = { none: 2, slash: 1, some: 0, any: 0 };
  const names = path.segments.filter((segment) => segment !== '*').length;
  return [path.segments.length + (path.rest === 'some' ? 0.5 : 0), ends[path.rest], names];
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}
