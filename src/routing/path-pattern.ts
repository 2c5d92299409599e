/**
 * @module
 * The paths that a route matches: `pathPrefix` and `path`, compiled.
 *
 * Both are compared in whole segments and in lower case. In `path`, a segment `*` is exactly one segment, and `**` at
 * the end is one or more.
 */
import { decodePlain } from './path-decoding.ts';
import { isUsual } from './request-path.ts';

/** Exactly one segment with any text. A symbol, since `%2A` is a segment whose text is `*`. */
export const anySegment = Symbol('*');

export type Segment = string | typeof anySegment;

/**
 * What follows the segments of a pattern: nothing (`/orders`), nothing or a slash (`/orders/`), one or more segments
 * (`/orders/**`), or, for a `pathPrefix`, anything.
 */
export type Ending = 'nothing' | 'slash' | 'more' | 'anything';

export interface PathPattern {
  readonly segments: readonly Segment[];
  readonly ending: Ending;
}

/** Compiles a `pathPrefix`. Undefined if it does not begin with a slash or servers read it differently. */
export function readPathPrefix(text: string): PathPattern | undefined {
  return isUsual(text)
    ? { segments: segmentsOf(text.replace(/\/$/, '')).map(comparable), ending: 'anything' }
    : undefined;
}

/** Compiles a `path`. Undefined if it does not begin with a slash or servers read it differently. */
export function readPath(text: string): PathPattern | undefined {
  if (!isUsual(text)) return undefined;
  const end = /(?:\/\*\*|\/)?$/.exec(text)?.[0] ?? '';
  const segments = segmentsOf(text.slice(0, text.length - end.length));
  return {
    segments: segments.map((segment) => (segment === '*' ? anySegment : comparable(segment))),
    ending: endings.get(end) ?? 'nothing',
  };
}

const endings: ReadonlyMap<string, Ending> = new Map([
  ['/', 'slash'],
  ['/**', 'more'],
]);

/** The segments of a path that begins with a slash, or of an empty one. */
function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function comparable(segment: string): string {
  return decodePlain(segment).toLowerCase();
}

/** Whether the pattern is `pathPrefix: /`, which also matches a request without a path. */
export function matchesEverything(pattern: PathPattern | undefined): boolean {
  return pattern === undefined || (pattern.segments.length === 0 && pattern.ending === 'anything');
}

/**
 * The ways in which servers compare one interpretation with a whole path: many read `/orders/` as `/orders`, and for
 * some `*` matches a segment without text (Apigee's MatchesPath). For a `pathPrefix` there is no difference.
 */
export function wholePathReadings(interpretation: string): readonly string[] {
  const path = interpretation.replaceAll(noText, otherControl);
  const paths = path.length > 1 && path.endsWith('/') ? [path, path.slice(0, -1)] : [path];
  return paths.flatMap((one) => (emptySegment.test(one) ? [one, one.replaceAll(emptySegments, `/${noText}`)] : [one]));
}

const emptySegment = /\/(?:\/|$)/;
const emptySegments = /\/(?=\/|$)/g;

/** Stands for the text of an empty segment. No segment of a route has it. */
export const noText = '\0';

/** In place of a client's own NUL (`%00`), which would be taken for an empty segment. No segment of a route has it. */
const otherControl = '\x01';
