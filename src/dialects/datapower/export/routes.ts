/**
 * @module
 * The routes of an API's policies: which requests of each operation get the token of which policies. All policies of an
 * API are looked at together, because the first route that matches must run all policies that ran on the gateway.
 */
import type { Place } from '../../../diagnostics/source-text.ts';
import type { ExportedRoute } from '../../exported.ts';
import { Open } from '../../exported.ts';
import type { Condition, OperationFacts } from './condition.ts';
import { isPreferred, overlap, type PathPattern, pathMatches } from './patterns.ts';

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
): ReadonlyMap<number, PolicyRoutes> {
  const byOperation = Map.groupBy(runs, ({ operation }) => operation);
  const all = operations.map((operation) => choicesOf(operation, byOperation.get(operation) ?? []));
  const closed = all.map((one) => withoutNeighbours(one, all));
  const routes = new Map<number, ExportedRoute[]>();
  const open = new Set<number>();
  const add = (policy: number, route: ExportedRoute): void => {
    routes.set(policy, [...(routes.get(policy) ?? []), route]);
  };
  for (const group of groups(closed)) {
    for (const choice of group.choices) {
      for (const match of matchesOf(group, choice)) {
        for (const policy of choice.policies) add(policy, { place: group.place, match });
      }
    }
    for (const policy of group.open) {
      open.add(policy);
      add(policy, openRoute(group, facts(policy)));
    }
  }
  return new Map([...routes].map(([policy, own]) => [policy, { routes: own, isOpen: open.has(policy) }]));
}

/** Values of headers in the conditions of one operation. */
const maxCombinations = 16;

function choicesOf(operation: ExportedOperation, runs: readonly PolicyRun[]): OperationChoices {
  const isOpen = ({ condition }: PolicyRun): boolean => operation.pattern === undefined || hasUnknown(condition);
  const open = new Set(runs.filter(isOpen).map(({ policy }) => policy));
  const known = runs.filter((run) => !isOpen(run));
  const combinations = combinationsOf(known.flatMap(({ condition }) => headersIn(condition)));
  if (combinations === undefined) return { operation, choices: [], open: new Set(runs.map(({ policy }) => policy)) };
  const choices = combinations.map((headers): Choice => {
    const policies = known.filter(({ condition }) => holds(condition, headers)).map(({ policy }) => policy);
    return { headers, policies: new Set(policies) };
  });
  return withoutSilent({ operation, choices, open });
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
      return false;
  }
}

/**
 * Requests for which no policy runs have no route. If a route with fewer conditions would match them, its policies are
 * left to decide.
 */
function withoutSilent({ operation, choices, open }: OperationChoices): OperationChoices {
  const silent = choices.filter(({ policies }) => policies.size === 0);
  const isWithin = (inner: HeaderValues, outer: HeaderValues): boolean =>
    [...outer].every(([name, value]) => inner.get(name) === value);
  const loud = choices.filter(({ policies }) => policies.size > 0);
  const wide = loud.filter(({ headers }) => silent.some((one) => isWithin(one.headers, headers)));
  const undecided = new Set([...open, ...wide.flatMap(({ policies }) => [...policies])]);
  if (wide.length === 0) return { operation, choices: loud, open };
  return { operation, choices: [], open: new Set([...undecided, ...loud.flatMap(({ policies }) => [...policies])]) };
}

/** A path that another operation has a right to, and gets no token there, cannot be left out of a route. */
function withoutNeighbours(one: OperationChoices, all: readonly OperationChoices[]): OperationChoices {
  const { pattern, verb } = one.operation;
  if (pattern === undefined || one.choices.length === 0 || !pattern.some(({ kind }) => kind !== 'literal')) return one;
  const isTaken = all.some(({ operation, choices }) => {
    if (operation === one.operation || operation.verb !== verb) return false;
    if (operation.pattern === undefined) return choices.length === 0;
    const hasPriority = isPreferred(operation.pattern, pattern) && overlap(operation.pattern, pattern);
    return hasPriority && !choices.some(({ headers }) => headers.size === 0);
  });
  if (!isTaken) return one;
  const policies = one.choices.flatMap((choice) => [...choice.policies]);
  return { operation: one.operation, choices: [], open: new Set([...one.open, ...policies]) };
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

function matchesOf({ operation, methods }: Group, { headers }: Choice): readonly ExportedRoute['match'][] {
  const paths = operation.pattern === undefined ? [] : pathMatches(operation.pattern);
  return paths.map((path) => ({
    ...path,
    method: methods,
    ...(headers.size === 0 ? {} : { headers: Object.fromEntries(headers) }),
  }));
}

function openRoute({ operation, methods, place }: Group, facts: readonly string[]): ExportedRoute {
  const path = operation.pattern && pathMatches(operation.pattern)[0]?.path;
  const instead =
    path === undefined
      ? 'the path of the requests that get this token'
      : `the path ${path} if a route may give every request there this token; other conditions under \`headers\` or \`query\``;
  return { place, match: { path: new Open(instead, facts), method: methods } };
}
