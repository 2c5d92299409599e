/**
 * @module
 * The route of a configuration that a call of a policy becomes, and what a route cannot say of its conditions.
 */
import { type Call, chainsOf, entrancesOf, type ProxyParts } from './chains.ts';
import { type Alternative, alternativesOf, both, type Part } from './condition.ts';
import type { HeaderDestination } from './destination.ts';
import { conditionsOf, type Endpoint, type RouteRule } from './flow-steps.ts';
import { areDisjointPatterns, areDisjointRoutes, pathsOf, type RoutePath } from './route-path.ts';
import type { BundlePolicy } from './settings.ts';

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
  const conditions = [...shown];
  const alternatives = allOf(conditions);
  const differences = [
    ...new Set([
      ...rules.flatMap(({ others }) => others.flatMap((other) => otherRule(other, entrance, alternatives))),
      ...calls.flatMap(orderDifferences),
      ...refusalDifferences(proxy, call, entrance, alternatives),
    ]),
  ];
  if (alternatives === undefined) {
    return [{ match: undefined, differences: ['A route cannot say this condition.', ...differences], conditions }];
  }
  return alternatives.flatMap((parts) => {
    const made = matchesOf(entrance.basePath, parts);
    return made.matches.map((match) => ({
      match,
      differences: [...made.differences, ...differences, ...nestedDifferences(proxy, entrance, match)],
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

interface Rules {
  /** Undefined: every request. */
  readonly condition: string | undefined;
  /** RouteRules before the last of them, which take their requests elsewhere. */
  readonly others: readonly RouteRule[];
}

/** The RouteRules that take requests to the TargetEndpoint of a call; for one in a ProxyEndpoint, to any target. */
function ruleOf({ endpoint }: Call, entrance: Endpoint): Rules {
  // The first rule whose condition is true counts.
  const always = entrance.routes.findIndex(({ condition }) => condition === undefined);
  const routes = always === -1 ? entrance.routes : entrance.routes.slice(0, always + 1);
  const isOwn = ({ isSent, target }: RouteRule): boolean => (endpoint === entrance ? isSent : target === endpoint.name);
  const own = routes.filter(isOwn);
  const conditions = own.flatMap(({ condition }) => condition ?? []);
  return {
    condition: conditions.length < own.length ? undefined : anyOf(conditions),
    others: routes.slice(0, own.length === 0 ? undefined : routes.findLastIndex(isOwn)).filter((one) => !isOwn(one)),
  };
}

function anyOf(conditions: readonly string[]): string | undefined {
  return conditions.length > 1 ? conditions.map((one) => `(${one})`).join(' or ') : conditions[0];
}

function otherRule(
  { isSent, condition }: RouteRule,
  { name }: Endpoint,
  own: readonly Alternative[] | undefined,
): readonly string[] {
  if (condition !== undefined && areApart(own, alternativesOf(condition))) return [];
  const instead = isSent ? '' : ', and without a target: the proxy answers its requests itself';
  return [`Another RouteRule of the ProxyEndpoint ${name} comes first${instead}.`];
}

/** Whether no request fulfils both; undefined is a condition that only a person can read. */
function areApart(a: readonly Alternative[] | undefined, b: readonly Alternative[] | undefined): boolean {
  return a?.every((one) => b?.every((other) => excludeEachOther(one, other)) === true) === true;
}

/** An earlier flow that matches too runs instead. */
function orderDifferences({ endpoint, step }: Call): readonly string[] {
  if (step.section !== 'flow') return [];
  const own = step.flowCondition === undefined ? undefined : alternativesOf(step.flowCondition);
  const earlier = endpoint.flows.slice(0, step.flowNumber);
  const mayMatch = earlier.some(({ condition }) => {
    const other = condition === undefined ? undefined : alternativesOf(condition);
    return !areApart(own, other);
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

/** Apigee chooses the ProxyEndpoint with the longest base path; with wildcards, which one that is is not certain. */
function nestedDifferences(
  { endpoints }: ProxyParts,
  { basePath = '', name }: Endpoint,
  match: RoutePath = {},
): readonly string[] {
  const start = basePath.replace(/\/?$/, '/').toLowerCase();
  const takes = ({ kind, name: other, basePath: path = '' }: Endpoint): boolean =>
    kind === 'ProxyEndpoint' &&
    other !== name &&
    (path.toLowerCase().startsWith(start) || `${path}${basePath}`.includes('*')) &&
    !areDisjointRoutes(match, { path: `${path.replace(/\/$/, '')}/**` });
  return endpoints.some(takes) ? ['Another ProxyEndpoint has a base path that may match the same requests.'] : [];
}

/** A flow that refuses its requests, such as one for unknown paths. */
function refusalDifferences(
  proxy: ProxyParts,
  call: Call,
  entrance: Endpoint,
  own: readonly Alternative[] | undefined,
): readonly string[] {
  return chainsOf(proxy, call).flatMap(({ before, after }) =>
    [...before, ...after]
      .filter(({ step }) => step.direction === 'request' && step.section !== 'fault')
      .filter(({ endpoint }) => endpoint === entrance || endpoint.kind === 'TargetEndpoint')
      .filter(({ step }) => isRefusing(proxy.policies.get(step.policy)))
      .filter(({ step }) => !areApart(own, allOf(conditionsOf(step))))
      .map(({ step: { policy, flow, condition } }) => {
        const when = condition === undefined ? '' : `, when ${condition}`;
        return `On Apigee ${policy} refuses requests in ${flow}${when}.`;
      }),
  );
}

function isRefusing(policy: BundlePolicy | undefined): boolean {
  return policy?.kind === 'RaiseFault' && policy.enabled;
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
