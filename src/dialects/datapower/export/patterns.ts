/**
 * @module
 * The path of an operation as a route's `match` says it (vendor page, "Defining Paths for an API").
 */

/** A segment: itself, any, or what ends the path: one or more (`+`) or any number (`*`) of further segments. */
type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'rest'; readonly canBeEmpty: boolean };

export type PathPattern = readonly Part[];

/** What `path` and `pathPrefix` take: segments without dots at their ends. */
const literal = /^[\w~-]+(?:\.[\w~-]+)*$/;

/** @param segments of the operation with the base path; undefined if a route cannot say it */
export function patternOf(segments: readonly string[]): PathPattern | undefined {
  const parts: Part[] = [];
  // A path begins with a slash, and may be the base path alone, which is written with one at its end.
  const inner = segments.slice(1).filter((segment, index, all) => segment !== '' || index < all.length - 1);
  for (const [index, segment] of inner.entries()) {
    const part = partOf(segment, index === inner.length - 1);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

function partOf(segment: string, isLast: boolean): Part | undefined {
  if (literal.test(segment)) return { kind: 'literal', text: segment };
  const [, qualifier] = /^\{([+*]?)[^{}+*]+\}$/.exec(segment) ?? [];
  if (qualifier === undefined) return undefined;
  if (qualifier === '') return { kind: 'any' };
  return isLast ? { kind: 'rest', canBeEmpty: qualifier === '*' } : undefined;
}

/** The conditions on the path, of which one must hold. */
export function pathMatches(pattern: PathPattern): readonly { readonly path: string }[] {
  const rest = pattern.at(-1);
  const whole = `/${pattern.map(textOf).join('/')}`;
  if (rest?.kind !== 'rest' || !rest.canBeEmpty) return [{ path: whole }];
  return [{ path: `/${pattern.slice(0, -1).map(textOf).join('/')}` }, { path: whole }];
}

function textOf(part: Part): string {
  return part.kind === 'literal' ? part.text : part.kind === 'any' ? '*' : '**';
}

/** Whether some path fits both. */
export function overlap(a: PathPattern, b: PathPattern): boolean {
  for (let at = 0; ; at += 1) {
    const [one, other] = [a[at], b[at]];
    if (one?.kind === 'rest') return one.canBeEmpty || other !== undefined;
    if (other?.kind === 'rest') return other.canBeEmpty || one !== undefined;
    if (one === undefined || other === undefined) return one === other;
    if (!fitTogether(one, other)) return false;
  }
}

/** Routes do not distinguish upper and lower case. */
function fitTogether(a: Part, b: Part): boolean {
  return a.kind !== 'literal' || b.kind !== 'literal' || a.text.toLowerCase() === b.text.toLowerCase();
}

/** Whether the gateway prefers `a` for a path that fits both: fixed segments come before parameters. */
export function isPreferred(a: PathPattern, b: PathPattern): boolean {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [one, other] = [ranks[a[at]?.kind ?? 'literal'], ranks[b[at]?.kind ?? 'literal']];
    if (one !== other) return one < other;
  }
  return false;
}

const ranks: Readonly<Record<Part['kind'], number>> = { literal: 0, any: 1, rest: 2 };
