/**
 * @module
 * The routes of an API's policies: which requests of each operation get the token of which policies. The gateway
 * chooses one operation for a request, so the routes of all policies are made together: the narrowest one that matches
 * has all policies that ran.
 */
import type { Place } from '../../../diagnostics/source-text.ts';
import { type ExportedRoute, Open } from '../../exported.ts';
import type { Condition, OperationFacts } from './condition.ts';
import { type PathPattern, pathMatches } from './patterns.ts';

export interface ExportedOperation extends OperationFacts {
  /** Undefined if a route cannot say the path. */
  readonly pattern: PathPattern | undefined;
  readonly place: Place;
}

/** That a policy runs for an operation, on a condition that the operation does not decide. */
export interface PolicyRun {
  readonly operation: ExportedOperation;
  readonly policy: number;
  readonly condition: Condition;
}

export interface ApiRoutes {
  /** By the number of the policy. */
  readonly ofPolicies: ReadonlyMap<number, PolicyRoutes>;
  /** All requests of the API that a route can say, with and without a token. */
  readonly all: readonly ExportedRoute[];
}

export interface PolicyRoutes {
  readonly routes: readonly ExportedRoute[];
  /** Whether a condition or a path is left to decide. */
  readonly isOpen: boolean;
}

/** Header values, by name. */
type HeaderValues = ReadonlyMap<string, string>;

/** The policies that run for the requests of an operation with these headers. */
interface Choice {
  readonly headers: HeaderValues;
  readonly policies: ReadonlySet<number>;
}

interface OperationChoices {
  readonly operation: ExportedOperation;
  readonly choices: readonly Choice[];
  /** Policies whose condition a route cannot say. */
  readonly open: ReadonlySet<number>;
}

/**
 * @param operations of the API, also those for which no policy runs
 * @param facts what to show of the conditions of a policy
 */
export function routesOf(
  operations: readonly ExportedOperation[],
  runs: readonly PolicyRun[],
  facts: (policy: number) => readonly string[],
): ApiRoutes {
  const byOperation = Map.groupBy(runs, ({ operation }) => operation);
  const choices = operations.map((operation) => choicesOf(operation, byOperation.get(operation) ?? []));
  const routes = new Map<number, ExportedRoute[]>();
  const open = new Set<number>();
  const all: ExportedRoute[] = [];
  const add = (policy: number, route: ExportedRoute): void => {
    routes.set(policy, [...(routes.get(policy) ?? []), route]);
  };
  for (const group of groups(choices.map((one) => apartFrom(one, choices)))) {
    for (const { match, policies } of matchesOf(group)) {
      all.push({ place: group.place, match });
      for (const policy of policies) add(policy, { place: group.place, match });
    }
    for (const policy of group.open) {
      open.add(policy);
      add(policy, openRoute(group, facts(policy)));
    }
  }
  const ofPolicies = Array.from(
    routes,
    ([policy, own]) => [policy, { routes: own, isOpen: open.has(policy) }] as const,
  );
  return { ofPolicies: new Map(ofPolicies), all };
}

/** Values of headers in the conditions of one operation. */
const maxCombinations = 16;

function choicesOf(operation: ExportedOperation, runs: readonly PolicyRun[]): OperationChoices {
  const isOpen = ({ condition }: PolicyRun): boolean => operation.pattern === undefined || hasUnknown(condition);
  const open = new Set(runs.filter(isOpen).map(({ policy }) => policy));
  const known = runs.filter((run) => !isOpen(run));
  const combinations = combinationsOf(known.flatMap(({ condition }) => headersIn(condition)));
  if (combinations === undefined) {
    return { operation, choices: [], open: new Set(runs.map(({ policy }) => policy)) };
  }
  const choices = combinations.map((headers): Choice => {
    const policies = known.filter(({ condition }) => holds(condition, headers)).map(({ policy }) => policy);
    return { headers, policies: new Set(policies) };
  });
  return { operation, choices, open };
}

/** A value that a route takes literally, without a warning. */
const plainValue = /^[\w.~:/@+=-]+$/;

function hasUnknown(condition: Condition): boolean {
  switch (condition.kind) {
    case 'unknown':
      return true;
    case 'not':
      return hasUnknown(condition.part);
    case 'all':
    case 'any':
      return condition.parts.some(hasUnknown);
    case 'header':
      return condition.name === 'host' || !plainValue.test(condition.value);
    case 'constant':
    case 'fact':
      return false;
  }
}

function headersIn(condition: Condition): readonly (readonly [name: string, value: string])[] {
  switch (condition.kind) {
    case 'header':
      return [[condition.name, condition.value]];
    case 'not':
      return headersIn(condition.part);
    case 'all':
    case 'any':
      return condition.parts.flatMap(headersIn);
    case 'constant':
    case 'fact':
    case 'unknown':
      return [];
  }
}

/** Every combination of values, the one without any last; undefined if there are too many. */
function combinationsOf(
  values: readonly (readonly [name: string, value: string])[],
): readonly HeaderValues[] | undefined {
  let found: readonly HeaderValues[] = [new Map()];
  for (const [name, pairs] of Map.groupBy(values, ([header]) => header)) {
    const own = new Set(pairs.map(([, value]) => value));
    found = found.flatMap((headers) => [...[...own].map((value) => new Map([...headers, [name, value]])), headers]);
    if (found.length > maxCombinations) return undefined;
  }
  return found;
}

function holds(condition: Condition, headers: HeaderValues): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'header':
      return headers.get(condition.name) === condition.value;
    case 'not':
      return !holds(condition.part, headers);
    case 'all':
      return condition.parts.every((part) => holds(part, headers));
    case 'any':
      return condition.parts.some((part) => holds(part, headers));
    case 'fact':
    case 'unknown':
      return false; // Not asked: facts are reduced before, and what is unknown is open.
  }
}

/** Requests of an operation that a route cannot say may match the routes of another one, which has other policies. */
function apartFrom(one: OperationChoices, all: readonly OperationChoices[]): OperationChoices {
  const { pattern, verb } = one.operation;
  const policies = policiesOf(one);
  if (pattern?.some(({ kind }) => kind !== 'literal') !== true || policies.size === 0) return one;
  const isMixed = all.some((other) => {
    const { operation } = other;
    return operation.verb === verb && operation.pattern === undefined && !isSame(policiesOf(other), policies);
  });
  return isMixed ? { operation: one.operation, choices: [], open: policies } : one;
}

function policiesOf({ choices, open }: OperationChoices): ReadonlySet<number> {
  return new Set([...open, ...choices.flatMap((choice) => [...choice.policies])]);
}

function isSame(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && a.isSubsetOf(b);
}

/** Operations of one path with the same choices: they differ in their method only. */
interface Group extends OperationChoices {
  readonly methods: readonly string[];
  readonly place: Place;
}

function groups(all: readonly OperationChoices[]): readonly Group[] {
  const byKey = Map.groupBy(all, ({ operation, choices, open }) =>
    JSON.stringify([operation.path, choices.map(({ headers, policies }) => [[...headers], [...policies]]), [...open]]),
  );
  return [...byKey.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return [{ ...first, methods: same.map(({ operation }) => operation.verb), place: first.operation.place }];
  });
}

interface OwnMatch {
  readonly match: ExportedRoute['match'];
  readonly policies: ReadonlySet<number>;
}

function matchesOf({ operation: { pattern }, methods, choices }: Group): readonly OwnMatch[] {
  const paths = pattern === undefined ? [] : pathMatches(pattern);
  return choices.flatMap(({ headers, policies }) =>
    paths.map((path) => ({
      match: {
        ...path,
        method: methods,
        ...(headers.size === 0 ? {} : { headers: Object.fromEntries(headers) }),
      },
      policies,
    })),
  );
}

function openRoute({ operation, methods, place }: Group, facts: readonly string[]): ExportedRoute {
  const path = operation.pattern && pathMatches(operation.pattern)[0]?.path;
  const instead =
    path === undefined
      ? 'Write the path of the requests that get this token.'
      : `Write ${path} if every request of this path may get the token, and conditions under \`headers\` or \`query\` if not.`;
  return { place, match: { path: new Open(instead, facts), method: methods } };
}
