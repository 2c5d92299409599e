/**
 * @module
 * The route of a configuration that a call of a policy becomes, and what a route cannot say of its conditions.
 */
import { type Call, entrancesOf, type ProxyParts } from './chains.ts';
import { type Alternative, alternativesOf, both, type Part } from './condition.ts';
import type { HeaderDestination } from './destination.ts';
import { conditionsOf, type Endpoint } from './flow-steps.ts';
import { areDisjointPatterns, pathsOf, type RoutePath } from './route-path.ts';

export interface RouteMatch extends RoutePath {
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

/** One or more for each ProxyEndpoint from which the call is reached. */
export function routesOf(proxy: ProxyParts, call: Call, header: HeaderDestination): readonly ProposedRoute[] {
  return entrancesOf(proxy, call).flatMap((entrance) => routesFrom(proxy, call, header, entrance));
}

function routesFrom(
  proxy: ProxyParts,
  call: Call,
  header: HeaderDestination,
  entrance: Endpoint,
): readonly ProposedRoute[] {
  const calls = header.at === undefined ? [call] : [call, header.at];
  const rules = calls.map((one) => ruleOf(one, entrance));
  const shown = new Set([
    ...rules.flatMap(({ condition }) => condition ?? []),
    ...calls.flatMap(({ step }) => conditionsOf(step)),
  ]);
  const differences = [
    ...new Set([
      ...rules.flatMap((rule) => rule.differences),
      ...calls.flatMap(orderDifferences),
      ...nestedDifferences(proxy, entrance),
    ]),
  ];
  const conditions = [...shown];
  const alternatives = allOf(conditions);
  if (alternatives === undefined) {
    return [{ match: undefined, differences: ['A route cannot say this condition.', ...differences], conditions }];
  }
  return alternatives.flatMap((parts) => {
    const made = matchesOf(entrance.basePath, parts);
    return made.matches.map((match) => ({
      match,
      differences: [...made.differences, ...differences],
      conditions,
    }));
  });
}

/** The ways to fulfil all conditions; undefined if one of them can only be written by hand. */
function allOf(conditions: readonly string[]): readonly Alternative[] | undefined {
  let all: readonly Alternative[] | undefined = [[]];
  for (const condition of conditions) {
    const more = alternativesOf(condition);
    all = all && more && both(all, more);
  }
  return all;
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
  const own = step.flowCondition === undefined ? undefined : alternativesOf(step.flowCondition);
  const earlier = endpoint.flows.slice(0, step.flowNumber);
  const mayMatch = earlier.some(({ condition }) => {
    const other = condition === undefined ? undefined : alternativesOf(condition);
    return own?.every((one) => other?.every((two) => excludeEachOther(one, two)) === true) !== true;
  });
  return mayMatch ? ['An earlier flow may match the same requests, and then runs instead.'] : [];
}

function excludeEachOther(a: Alternative, b: Alternative): boolean {
  return a.some((one) => b.some((other) => areDisjoint(one, other)));
}

function areDisjoint(a: Part, b: Part): boolean {
  if (a.kind === 'path') return b.kind === 'path' && areDisjointPatterns(a.pattern, b.pattern);
  if (b.kind === 'path' || a.kind !== b.kind || a.values === true || b.values === true) return false;
  const { values } = b;
  return ('name' in a ? a.name : '') === ('name' in b ? b.name : '') && !a.values.some((one) => values.includes(one));
}

/** Apigee chooses the ProxyEndpoint with the longest base path. */
function nestedDifferences({ endpoints }: ProxyParts, { basePath = '', name }: Endpoint): readonly string[] {
  const start = basePath.replace(/\/?$/, '/').toLowerCase();
  const nested = endpoints.some(
    (other) => other.kind === 'ProxyEndpoint' && other.name !== name && other.basePath?.toLowerCase().startsWith(start),
  );
  return nested ? ['Another ProxyEndpoint has a base path below this one.'] : [];
}

interface Made {
  readonly matches: readonly (RouteMatch | undefined)[];
  readonly differences: readonly string[];
}

function matchesOf(basePath: string | undefined, parts: readonly Part[]): Made {
  const { paths, differences } = pathsOf(basePath, parts);
  if (paths.length === 0) return byHand(...differences);
  const methods = parts.filter((part) => part.kind === 'method').map(({ values }) => values);
  const method = methods.reduce((all, some) => all.filter((one) => some.includes(one)), methods[0] ?? []);
  const named = parts.flatMap((part) => ('name' in part ? [part] : []));
  // Some servers do not distinguish names by case or separators.
  const names = named.map(({ kind, name }) => `${kind} ${name.toLowerCase().replace(/[^a-z0-9]/g, '-')}`);
  if ((methods.length > 0 && method.length === 0) || new Set(names).size < names.length) {
    return byHand('It compares the same thing twice.');
  }
  if (names.length > maxNames) return byHand('It compares too many things for a route.');
  return {
    matches: paths.map((path) => ({
      ...path,
      ...(methods.length === 0 ? {} : { method: [...new Set(method)] }),
      ...namedValues('headers', named, 'header'),
      ...namedValues('query', named, 'query'),
    })),
    differences,
  };
}

function byHand(...differences: readonly string[]): Made {
  return { matches: [undefined], differences };
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
