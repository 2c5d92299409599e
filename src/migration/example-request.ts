/**
 * @module
 * An example of the requests that take a route: values that the route leaves open are chosen so that no earlier route
 * takes the request.
 */
import type { Writable } from '../dialects/exported.ts';
import type { RequestRules } from '../plan/request-rules.ts';
import { type PathPattern, pathText } from './path-patterns.ts';
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
  for (const example of candidates(requests)) {
    const isOwn = isWithin(example, requests) && fits(rules, example);
    if (isOwn && !earlier.some((other) => isWithin(example, other))) return asSent(example);
  }
  return undefined;
}

/** Sets of requests in which nothing is left open, but for what no route asks. */
function* candidates(requests: Requests): Generator<Requests> {
  for (const word of words) {
    for (const path of pathsOf(requests.path, word)) {
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

/** Whether a rule of the policy takes the request. One with conditions on headers is left to the author. */
function fits(rules: RequestRules | undefined, example: Requests): boolean {
  if (rules === undefined) return true;
  const path = targetOf(example);
  const { host = 'localhost', method: [method = ''] = [] } = example;
  const bases = rules.basePaths.filter((one) => `${path.toLowerCase()}/`.startsWith(`${one}/`));
  if (bases.length < Math.min(rules.basePaths.length, 1)) return false;
  const rest = path.slice(Math.max(0, ...bases.map(({ length }) => length)));
  return rules.rules.some(
    (rule) =>
      rule.headers.length === 0 &&
      (rule.method?.matches(method) ?? true) &&
      (rule.host?.matches(host) ?? true) &&
      (rule.path?.matches(rest === '' ? '/' : rest) ?? true),
  );
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
