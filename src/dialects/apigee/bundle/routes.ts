/**
 * @module
 * The route of a configuration that a call of a policy becomes, and what a route cannot say of its conditions.
 */
import { type Call, entrancesOf, type ProxyParts } from './chains.ts';
import { type Part, partsOf } from './condition.ts';
import type { HeaderDestination } from './destination.ts';
import { conditionsOf, type Endpoint } from './flow-steps.ts';

export interface RouteMatch {
  readonly pathPrefix?: string;
  readonly method?: readonly string[];
  readonly headers?: Readonly<Record<string, string | readonly string[] | true>>;
  readonly query?: Readonly<Record<string, string | readonly string[] | true>>;
}

export interface ProposedRoute {
  /** Undefined if it has to be written by hand. */
  readonly match: RouteMatch | undefined;
  /** How Apigee's conditions differ from `match`, in sentences. Empty if it says exactly the same. */
  readonly differences: readonly string[];
  /** What Apigee compares. */
  readonly conditions: readonly string[];
}

/** One for each ProxyEndpoint from which the call is reached. */
export function routesOf(proxy: ProxyParts, call: Call, header: HeaderDestination): readonly ProposedRoute[] {
  return entrancesOf(proxy, call).map((entrance) => routeOf(proxy, call, header, entrance));
}

function routeOf(proxy: ProxyParts, call: Call, header: HeaderDestination, entrance: Endpoint): ProposedRoute {
  const rule = ruleOf(call, entrance);
  const conditions = [...(rule.condition === undefined ? [] : [rule.condition]), ...conditionsOf(call.step)];
  const later = header.conditions.filter((one) => !conditions.includes(one));
  const parts = [...conditions, ...later].map(partsOf);
  const differences = [...rule.differences, ...orderDifferences(call), ...nestedDifferences(proxy, entrance)];
  const shown = [...conditions, ...later];
  if (parts.some((one) => one === undefined)) {
    return { match: undefined, differences: ['A route cannot say this condition.', ...differences], conditions: shown };
  }
  const made = matchOf(
    entrance.basePath,
    parts.flatMap((one) => one ?? []),
  );
  return { match: made.match, differences: [...made.differences, ...differences], conditions: shown };
}

/** The RouteRule that leads to a call in a TargetEndpoint. */
function ruleOf(
  { endpoint }: Call,
  entrance: Endpoint,
): { readonly condition: string | undefined; readonly differences: readonly string[] } {
  if (endpoint === entrance) return { condition: undefined, differences: [] };
  const at = entrance.routes.findIndex(({ target }) => target === endpoint.name);
  const condition = entrance.routes[at]?.condition;
  return {
    condition,
    differences: at > 0 ? [`Another RouteRule of the ProxyEndpoint ${entrance.name} comes first.`] : [],
  };
}

/** An earlier flow that matches too runs instead. */
function orderDifferences({ endpoint, step }: Call): readonly string[] {
  if (step.section !== 'flow') return [];
  const own = step.flowCondition === undefined ? [] : (partsOf(step.flowCondition) ?? []);
  const earlier = endpoint.flows.slice(0, step.flowNumber);
  const mayMatch = earlier.some(({ condition }) => {
    const parts = condition === undefined ? [] : partsOf(condition);
    return parts === undefined || !excludeEachOther(parts, own);
  });
  return mayMatch ? ['An earlier flow may match the same requests, and then runs instead.'] : [];
}

function excludeEachOther(a: readonly Part[], b: readonly Part[]): boolean {
  return a.some((one) => b.some((other) => areDisjoint(one, other)));
}

function areDisjoint(a: Part, b: Part): boolean {
  if (a.kind === 'path') return b.kind === 'path' && areDisjointPaths(a.pattern, b.pattern);
  if (b.kind === 'path' || a.kind !== b.kind || a.values === true || b.values === true) return false;
  const { values } = b;
  return ('name' in a ? a.name : '') === ('name' in b ? b.name : '') && !a.values.some((one) => values.includes(one));
}

function areDisjointPaths(a: string, b: string): boolean {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, other] = [left[at], right[at]];
    if (one?.includes('**') || other?.includes('**')) return false;
    // One of them ends: a slash at the end of the other may still match.
    if (one === undefined || other === undefined) return `${one ?? other}` !== '';
    if (one !== other && !one.includes('*') && !other.includes('*')) return true;
  }
  return false;
}

/** Apigee chooses the ProxyEndpoint with the longest base path. */
function nestedDifferences({ endpoints }: ProxyParts, { basePath = '', name }: Endpoint): readonly string[] {
  const start = basePath.replace(/\/?$/, '/').toLowerCase();
  const nested = endpoints.some(
    (other) => other.kind === 'ProxyEndpoint' && other.name !== name && other.basePath?.toLowerCase().startsWith(start),
  );
  return nested ? ['Another ProxyEndpoint has a base path below this one.'] : [];
}

/** What `pathPrefix` takes: whole segments without dots at their ends. */
const plainPath = /^(?:\/[\w~-]+(?:\.[\w~-]+)*)*\/?$/;

interface Made {
  readonly match: RouteMatch | undefined;
  readonly differences: readonly string[];
}

function matchOf(basePath: string | undefined, parts: readonly Part[]): Made {
  const path = pathOf(basePath, parts);
  if (path.prefix === undefined) return { match: undefined, differences: path.differences };
  const methods = parts.filter((part) => part.kind === 'method').map(({ values }) => values);
  const method = methods.reduce((all, some) => all.filter((one) => some.includes(one)), methods[0] ?? []);
  const named = parts.flatMap((part) => ('name' in part ? [part] : []));
  // Some servers do not distinguish names by case or separators.
  const names = named.map(({ kind, name }) => `${kind} ${name.toLowerCase().replace(/[^a-z0-9]/g, '-')}`);
  if ((methods.length > 0 && method.length === 0) || new Set(names).size < names.length) {
    return { match: undefined, differences: ['It compares the same thing twice.'] };
  }
  if (names.length > maxNames) return { match: undefined, differences: ['It compares too many things for a route.'] };
  return {
    match: {
      ...(path.prefix === '/' ? {} : { pathPrefix: path.prefix }),
      ...(methods.length === 0 ? {} : { method: [...new Set(method)] }),
      ...namedValues('headers', named, 'header'),
      ...namedValues('query', named, 'query'),
    },
    differences: path.differences,
  };
}

/** Of headers or of parameters in a route. @internal Exported for tests of the limit. */
export const maxNames = 32;

type NamedPart = Extract<Part, { name: string }>;

function namedValues(key: 'headers' | 'query', parts: readonly NamedPart[], kind: NamedPart['kind']): RouteMatch {
  const own = parts.filter((part) => part.kind === kind);
  if (own.length === 0) return {};
  return { [key]: Object.fromEntries(own.map(({ name, values }) => [name, single(values)])) };
}

function single(values: readonly string[] | true): string | readonly string[] | true {
  const [only, ...more] = values === true ? [] : values;
  return only === undefined || more.length > 0 ? values : only;
}

interface Path {
  /** Undefined if a `pathPrefix` cannot say it. */
  readonly prefix: string | undefined;
  readonly differences: readonly string[];
}

function pathOf(basePath: string | undefined, parts: readonly Part[]): Path {
  const [pattern, ...more] = parts.flatMap((part) => (part.kind === 'path' ? [part.pattern] : []));
  if (basePath === undefined || !plainPath.test(basePath)) {
    return { prefix: undefined, differences: ['The base path is not known, or has wildcards.'] };
  }
  if (more.length > 0) return { prefix: undefined, differences: ['It compares the path more than once.'] };
  const base = basePath.replace(/\/$/, '');
  if (pattern === undefined) return { prefix: base === '' ? '/' : base, differences: [] };
  const [, start = '', wildcard] = /^([^*]*?)(\/?\*{1,2})?$/.exec(pattern) ?? [];
  const whole = `${base}${start}`;
  if (!plainPath.test(whole) || (start === '' && wildcard === undefined)) {
    return { prefix: undefined, differences: ['`pathPrefix` has no wildcards.'] };
  }
  return { prefix: whole === '' ? '/' : whole, differences: [pathDifference(wildcard)] };
}

function pathDifference(wildcard: string | undefined): string {
  if (wildcard === undefined) return 'On Apigee only the path itself matches; `pathPrefix` also matches all below it.';
  if (wildcard.endsWith('**'))
    return 'On Apigee only what is below the path matches; `pathPrefix` also matches itself.';
  return 'On Apigee only one more segment matches; `pathPrefix` also matches itself and all below it.';
}
