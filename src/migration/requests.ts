/**
 * @module
 * Sets of requests, as the `match` of a route describes them: what two of them have in common, and whether one is
 * within another. It follows how `routing/` compares a request with a match.
 */
import { Open, type Writable } from '../dialects/exported.ts';
import { opensIn, withoutOpens } from './open-values.ts';
import { commonPath, type PathPattern, pathOf, pathSpecificity, pathText } from './path-patterns.ts';

/** Undefined members are met by every request. */
export interface Requests {
  readonly host: string | undefined;
  readonly routeName: string | undefined;
  readonly path: PathPattern | undefined;
  readonly method: readonly string[] | undefined;
  /** `header x-tenant` or `query tenant`, with the values that it may have; undefined for any. */
  readonly values: ReadonlyMap<string, readonly string[] | undefined>;
}

type Members = Readonly<Record<string, Writable>>;

/** Undefined if a part of the match is open. */
export function requestsOf(match: Writable): Requests | undefined {
  return opensIn(match).length > 0 ? undefined : readMatch(match);
}

/** Every request that the match can describe, whatever its open parts become. */
export function widest(match: Writable): Requests {
  return readMatch(withoutOpens(match) ?? {});
}

function readMatch(match: Writable): Requests {
  const { host, routeName, method, headers, query, path, pathPrefix } = membersOf(match);
  return {
    host: typeof host === 'string' ? host.toLowerCase() : undefined,
    routeName: typeof routeName === 'string' ? routeName : undefined,
    path: pathOf(textOf(path), textOf(pathPrefix)),
    method: method === undefined ? undefined : texts(method).toSorted(),
    values: new Map(
      [
        ...conditions(headers).map(([name, values]) => [`header ${name.toLowerCase()}`, values] as const),
        ...conditions(query).map(([name, values]) => [`query ${name}`, values] as const),
      ].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

/** As `match` of a route. */
export function matchOf({ host, routeName, path, method, values }: Requests): Writable {
  const headers = valuesNamed(values, 'header ');
  const query = valuesNamed(values, 'query ');
  return {
    ...(host === undefined ? {} : { host }),
    ...(path === undefined ? {} : pathText(path)),
    ...(method === undefined ? {} : { method }),
    ...(routeName === undefined ? {} : { routeName }),
    ...(headers === undefined ? {} : { headers }),
    ...(query === undefined ? {} : { query }),
  };
}

/** The requests that are in both; undefined if there are none. */
export function common(a: Requests, b: Requests): Requests | undefined {
  const host = both(a.host, b.host, commonHost);
  const routeName = both(a.routeName, b.routeName, commonRouteName);
  const path = both(a.path, b.path, (left, right) => commonPath(left, right) ?? nothing);
  const method = both(a.method, b.method, commonTexts);
  const values = commonValues(a.values, b.values);
  if (host === nothing || routeName === nothing || path === nothing || method === nothing || values === undefined) {
    return undefined;
  }
  return { host, routeName, path, method, values };
}

/** Whether all requests of `a` are in `b`. */
export function isWithin(a: Requests, b: Requests): boolean {
  const shared = common(a, b);
  return shared !== undefined && requestsKey(shared) === requestsKey(a);
}

/** The same for the same requests. */
export function requestsKey({ host, routeName, path, method, values }: Requests): string {
  const segments = path?.segments.map((segment) => segment.toLowerCase());
  return JSON.stringify([host, routeName, segments, path?.rest, method, [...values]]);
}

/** Of two sets, one within the other, the smaller one has the greater numbers: the first that differs counts. */
export function specificity({ host, routeName, path, method, values }: Requests): readonly number[] {
  const choices = [...values.values()].map((texts) => texts?.length ?? any);
  return [
    ...(routeName === undefined ? [0, 0] : routeName.endsWith('/*') ? [1, routeName.length] : [2, 0]),
    ...(host === undefined ? [0, 0] : host.startsWith('*') ? [1, host.length] : [2, 0]),
    ...pathSpecificity(path),
    values.size,
    -choices.reduce((sum, number) => sum + number, 0),
    -(method?.length ?? any),
  ];
}

const any = 1_000_000;

/** A negative number if `a` must be tried first. */
export function bySpecificity(a: readonly number[], b: readonly number[]): number {
  for (const [index, number] of a.entries()) {
    const difference = (b[index] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return 0;
}

const nothing = Symbol('no requests');

function both<T>(a: T | undefined, b: T | undefined, join: (a: T, b: T) => T | typeof nothing) {
  return a === undefined ? b : b === undefined ? a : join(a, b);
}

function commonHost(a: string, b: string): string | typeof nothing {
  if (a === b || isBelowHost(a, b)) return a;
  return isBelowHost(b, a) ? b : nothing;
}

function commonRouteName(a: string, b: string): string | typeof nothing {
  if (a === b || isBelowName(a, b)) return a;
  return isBelowName(b, a) ? b : nothing;
}

/** Whether the name, or all names of the pattern, are those of a pattern such as `httproute/shop/*`. */
function isBelowName(name: string, pattern: string): boolean {
  return pattern.endsWith('/*') && name.startsWith(pattern.slice(0, -1));
}

/** Whether the host, or all hosts of the pattern, are those of a pattern such as `*.example.com`. */
function isBelowHost(host: string, pattern: string): boolean {
  if (!pattern.startsWith('*.')) return false;
  const domain = pattern.slice(1);
  return host.replace(/^\*/, '').endsWith(domain) && host !== domain.slice(1);
}

function commonTexts(a: readonly string[], b: readonly string[]): readonly string[] | typeof nothing {
  const shared = a.filter((text) => b.includes(text));
  return shared.length === 0 ? nothing : shared;
}

function commonValues(a: Requests['values'], b: Requests['values']): Requests['values'] | undefined {
  const shared = new Map(a);
  for (const [name, texts] of b) {
    const joined = both(shared.get(name), texts, commonTexts);
    if (joined === nothing) return undefined;
    shared.set(name, joined);
  }
  return new Map([...shared].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function valuesNamed(values: Requests['values'], kind: string): Writable | undefined {
  const named = [...values].filter(([name]) => name.startsWith(kind));
  if (named.length === 0) return undefined;
  return Object.fromEntries(
    named.map(([name, texts]) => [
      name.slice(kind.length),
      texts === undefined ? true : texts.length === 1 ? (texts[0] ?? '') : texts,
    ]),
  );
}

function conditions(value: Writable | undefined): readonly (readonly [string, readonly string[] | undefined])[] {
  return Object.entries(membersOf(value ?? {})).map(([name, form]) => [
    name,
    form === true ? undefined : texts(form).toSorted(),
  ]);
}

function membersOf(value: Writable): Members {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Open);
  return isMap ? (value as Members) : {};
}

function textOf(value: Writable | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: Writable): readonly string[] {
  return [value].flat().filter((item) => typeof item === 'string');
}
