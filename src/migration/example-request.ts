/**
 * @module
 * An example of the requests that take a route: values that the route leaves open are chosen so that no earlier route
 * takes the request.
 */
import type { Writable } from '../dialects/exported.ts';
import type { RequestRules } from '../plan/request-rules.ts';
import { type PathPattern, pathOf, pathText } from './path-patterns.ts';
import { isWithin, type Requests } from './requests.ts';

export interface ExampleRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Undefined if the route takes every host. */
  readonly host: string | undefined;
  /** Envoy's name of its route; undefined if the route does not ask for one. */
  readonly routeName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** What stands for any name. Of two, one is another one than the name that an earlier route or a rule wants. */
const words = ['1', 'example', 'x1'];
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

/**
 * Undefined if there is none among those that are tried.
 *
 * @param earlier the requests of the routes before it, each the widest that it can be
 * @param rules those of the policy that must run
 */
export function exampleOf(
  requests: Requests,
  earlier: readonly Requests[],
  rules: RequestRules | undefined,
): ExampleRequest | undefined {
  for (const example of candidates(requests, rules)) {
    const isOwn = isWithin(example, requests) && fits(rules, example);
    if (isOwn && !earlier.some((other) => isWithin(example, other))) return asSent(example);
  }
  return undefined;
}

/** Sets of requests in which nothing is left open, but for what no route asks. */
function* candidates(requests: Requests, rules: RequestRules | undefined): Generator<Requests> {
  for (const word of words) {
    for (const path of [...pathsOf(requests.path, word), ...ruledPaths(rules, word)]) {
      for (const method of requests.method ?? methods) {
        yield {
          host: requests.host?.replace(/^\*/, word === '1' ? 'api' : word),
          routeName: requests.routeName,
          path,
          method: [method],
          values: new Map(Array.from(requests.values, ([name, texts]) => [name, [texts?.[0] ?? word]])),
        };
      }
    }
  }
}

function pathsOf(path: PathPattern | undefined, word: string): readonly PathPattern[] {
  const { segments = [], rest = 'any' } = path ?? {};
  const own = segments.map((segment) => (segment === '*' ? word : segment));
  const longer: PathPattern = { segments: [...own, word], rest: 'none' };
  if (rest === 'some') return [longer];
  const whole: PathPattern = { segments: own, rest: rest === 'slash' ? 'slash' : 'none' };
  return rest === 'any' ? [whole, longer] : [whole];
}

/** What the rules of a policy begin with, and a name after it. */
function ruledPaths(wanted: RequestRules | undefined, word: string): readonly PathPattern[] {
  const bases = wanted === undefined || wanted.basePaths.length === 0 ? [''] : wanted.basePaths;
  const beginnings = (wanted?.rules ?? []).flatMap(({ path }) => path?.beginnings ?? []).slice(0, maxBeginnings);
  return bases
    .flatMap((base) => beginnings.map(({ text, isWhole }) => `${base}${text}${isWhole ? '' : word}`))
    .filter((path) => plainPath.test(path))
    .flatMap((path) => pathOf(path, undefined) ?? []);
}

const maxBeginnings = 20;

/** A path that all servers interpret in one way. */
const plainPath = /^(?:\/[\w~-][\w.~-]*)+$/;

/** Whether a rule of the policy takes the request. One with conditions on headers is left to the author. */
function fits(wanted: RequestRules | undefined, example: Requests): boolean {
  if (wanted === undefined) return true;
  const { host = 'localhost', method: [method = ''] = [] } = example;
  const others = wanted.rules.filter(
    (rule) => rule.headers.length === 0 && (rule.method?.matches(method) ?? true) && (rule.host?.matches(host) ?? true),
  );
  if (others.some(({ path }) => path === undefined)) return true;
  const rests = afterBasePath(targetOf(example), wanted.basePaths);
  return rests.length > 0 && rests.every((rest) => others.some(({ path }) => path?.matches(rest) === true));
}

/** What rules compare: after the base path alone, nothing or a slash. Empty if the path does not begin with one. */
function afterBasePath(path: string, basePaths: readonly string[]): readonly string[] {
  if (basePaths.length === 0) return [path];
  const bases = basePaths.filter((base) => `${path.toLowerCase()}/`.startsWith(`${base}/`));
  if (bases.length === 0) return [];
  const rest = path.slice(Math.max(...bases.map(({ length }) => length)));
  return rest === '' ? ['', '/'] : [rest];
}

function asSent(example: Requests): ExampleRequest {
  const { host, routeName, method: [method = ''] = [], values } = example;
  const named = (kind: string) =>
    Array.from(values).flatMap(([name, [value = ''] = []]) =>
      name.startsWith(kind) ? [[name.slice(kind.length), value] as const] : [],
    );
  const query = new URLSearchParams(named('query ').map(([name, value]) => [name, value])).toString();
  return {
    method,
    path: `${targetOf(example)}${query === '' ? '' : `?${query}`}`,
    host,
    routeName,
    headers: Object.fromEntries(named('header ')),
  };
}

/** Without the query. */
function targetOf({ path }: Requests): string {
  return path === undefined ? '/' : Object.values(pathText(path)).join('');
}

/** As `request` of a test file. */
export function requestOf({ method, path, host, routeName, headers }: ExampleRequest) {
  return {
    method,
    path,
    ...(host === undefined ? {} : { host }),
    ...(routeName === undefined ? {} : { routeName }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  } satisfies Record<string, Writable>;
}
