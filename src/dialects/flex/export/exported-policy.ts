/**
 * @module
 * One JWT generation policy of an export: how it is read here, its routes, its key, and why it is not exact.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { isPlainName, nameOr } from '../../../diagnostics/harmless.ts';
import { type Problem, Problems } from '../../../diagnostics/problem.ts';
import { finish } from '../../../diagnostics/steps.ts';
import type { KnownCallers } from '../../../expressions/caller-objects.ts';
import type { MemberRead } from '../../../expressions/member-reads.ts';
import type { TokenPlan } from '../../../plan/token-plan.ts';
import { reason, withoutEntry } from '../../export-reasons.ts';
import { type ExportedPolicy, type ExportedRoute, Open, type Reason } from '../../exported.ts';
import { readPlan } from '../plan.ts';
import { callerOf, hasOwnClientId, knownByDefault } from './caller.ts';
import { type AppliedPolicy, placeIn, type Resource } from './documents.ts';
import type { Findings } from './findings.ts';
import { keyOf } from './key.ts';
import type { Neighbour } from './neighbours.ts';
import { otherPolicies } from './other-policies.ts';
import type { RouteFinder } from './routes.ts';
import type { Targets } from './targets.ts';

/** What a policy needs of the whole export. */
export interface Surroundings {
  /** By their names. */
  readonly secrets: ReadonlyMap<string, Resource>;
  readonly routes: RouteFinder;
  readonly targets: Targets;
  readonly neighbours: readonly Neighbour[];
  /** Which policy of its file it is; undefined if there is only one. */
  readonly select: string | number | undefined;
}

/** What the routes of a configuration decide, whatever the file says. */
const decidedByRoutes: ReadonlySet<Code> = new Set<Code>([
  'flex.target',
  'flex.target-selector',
  'flex.order',
  'flex.upstream',
]);

export function exportedPolicy(policy: AppliedPolicy, around: Surroundings): ExportedPolicy {
  const { in: within, carried } = policy;
  const place = placeIn(within, carried.config);
  const shared = {
    file: within.file,
    place,
    name: nameOf(policy),
    dialect: 'flex',
    select: around.select,
    output: { header: 'authorization', prefix: 'Bearer ' },
  } as const;
  const first = readPolicy(policy, undefined);
  if (first.plan === undefined || first.plan.disabled === true) {
    const output = first.plan === undefined ? shared.output : undefined;
    // A disabled policy runs for no request.
    const routes = first.plan === undefined ? exportedRoutes(policy, around).routes : [];
    return { ...shared, ...withoutEntry, output, routes, reasons: first.problems.map(reasonOf) };
  }
  const caller = callerOf(first.reads, around.neighbours, place);
  const { plan = first.plan, problems } = readPolicy(policy, caller.as && [knownByDefault(caller.as)]);
  const others = otherPolicies(first.reads, around.neighbours, place);
  const ownClientId = around.neighbours.some(hasOwnClientId) && readsClientId(first.reads);
  const decisions = problems.filter(({ code }) => toDecide.has(code));
  const key = keyOf(plan, place, shared.name, around.secrets);
  const warnings = problems.filter(({ code, severity }) => severity === 'warning' && !toDecide.has(code));
  const routes = exportedRoutes(policy, around);
  const basePath = basePathOf(plan, policy, around);
  const undecided = [
    ...caller.undecided,
    ...others.undecided,
    ...Array.from(new Set(decisions.map(({ code }) => toDecide.get(code) ?? '')), (instead) => new Open(instead)),
    ...(ownClientId ? [new Open(declareClientId)] : []),
  ];
  return {
    ...shared,
    rules: rulesOf(plan, policy, around),
    reasons: [
      ...decisions.map((problem) => ({ kind: 'value', problem }) as const),
      ...(ownClientId
        ? [reason('value', 'flex.caller', place, { message: otherClientId, suggestion: declareClientId })]
        : []),
      ...routes.reasons,
      ...basePath.reasons,
      ...others.reasons,
      ...caller.reasons,
      ...warnings
        .filter(({ code }) => !decidedByRoutes.has(code))
        .map((problem) => ({ kind: 'note', problem }) as const),
      ...key.reasons,
    ],
    routes: routes.routes,
    entry: { ...caller.entry, ...basePath.entry },
    meant: [...new Set(warnings.map(({ code }) => code)), ...key.meant],
    undecided,
    issuers: caller.issuers,
    variables: [],
    keys: key.provide === undefined ? [] : [key.provide],
  };
}

/** Warnings that an import must not allow, with what to do about them. */
const toDecide: ReadonlyMap<Code, string> = new Map<Code, string>([
  [
    'identity.unfilled-member',
    'Say in a source of `authentication` where the members are that nothing fills, then remove this line. `validate` lists them.',
  ],
  [
    'flex.environment-variable',
    'Write the values of the environment variables into the file of the policy, then remove this line.',
  ],
]);
const declareClientId =
  'Write `clientId: CLAIM` in a source of `authentication`, for the claim that the expression of the gateway reads, then remove this line.';
const otherClientId = 'JWT Validation finds the ID of the client with an expression of its own.';

/** Of a policy that cannot run here. */
function reasonOf(problem: Problem): Reason {
  const isHarmful = problem.severity === 'error' || problem.code === 'policy.disabled';
  return { kind: isHarmful ? 'cannot' : 'note', problem };
}

interface ReadPolicy {
  readonly plan: TokenPlan | undefined;
  readonly problems: readonly Problem[];
  readonly reads: readonly MemberRead[];
}

function readPolicy({ in: within, carried }: AppliedPolicy, callers: readonly KnownCallers[] | undefined): ReadPolicy {
  const problems = new Problems();
  const reads: MemberRead[] = [];
  const plan = finish(readPlan(carried, within.document, { callers }, problems, reads));
  return { plan, problems: problems.all, reads };
}

function readsClientId(reads: readonly MemberRead[]): boolean {
  return reads.some(
    ({ input, names }) => input === 'authentication' && /^(?:principal|clientId)$/.test(names[0]?.name ?? ''),
  );
}

/** The name of the resource, or the file's. */
function nameOf({ in: within, carried }: AppliedPolicy): string {
  const own = carried.names.at(-1);
  if (own !== undefined && isPlainName(own)) return own;
  const stem = within.file.name.replace(/^.*\//, '').replace(/\.(?:ya?ml|json)$/i, '');
  return nameOr(stem, 'policy');
}

interface PolicyRoutes {
  readonly routes: readonly ExportedRoute[];
  readonly reasons: readonly Reason[];
}

function exportedRoutes({ in: within }: AppliedPolicy, { targets, routes: finder }: Surroundings): PolicyRoutes {
  if (targets.kind === 'known') {
    const { routes, findings } = finder.find(targets.targets);
    return {
      routes,
      reasons: findings.map(({ kind, place, ...text }) => reason(kind, 'import.open-route', place, text)),
    };
  }
  const place = placeIn(within, targets.at);
  return {
    routes: [{ place, match: { pathPrefix: new Open(whichApi) } }],
    reasons: [reason('value', 'import.open-route', place, { message: targets.message, suggestion: whichApi })],
  };
}

const whichApi = 'Write the base path of the API whose requests get the token, or a `match` for these requests.';

/** Rules that compare paths do so after the base path of the API, which the policy's file may not say. */
function basePathOf({ rules }: TokenPlan, { carried, in: within }: AppliedPolicy, { targets }: Surroundings): Findings {
  const nothing: Findings = { reasons: [], entry: {}, undecided: [] };
  if (!comparePaths(rules) || carried.address !== undefined) return nothing;
  const paths = basePathsOf(targets);
  if (paths === undefined) {
    const entry = { flex: { basePath: new Open(whichBasePath) } };
    const place = placeIn(within, [...carried.item, carried.managed ? 'pointcutData' : 'rules']);
    return { ...nothing, entry, reasons: [reason('value', 'flex.base-path', place, unclearBasePath)] };
  }
  const [only = '', ...more] = paths;
  if (more.length === 0) return only === '' ? nothing : { ...nothing, entry: { flex: { basePath: only } } };
  return { ...nothing, entry: { flex: { basePath: paths.map((path) => (path === '' ? '/' : path)) } } };
}

/** Those of the file, with the base paths that the entry says. */
function rulesOf({ rules }: TokenPlan, { carried }: AppliedPolicy, { targets }: Surroundings): TokenPlan['rules'] {
  const isSaid = !comparePaths(rules) || carried.address !== undefined;
  const paths = isSaid ? undefined : basePathsOf(targets);
  return rules === undefined || paths === undefined || paths.every((path) => path === '')
    ? rules
    : { ...rules, basePaths: paths };
}

function comparePaths(rules: TokenPlan['rules']): boolean {
  return rules?.rules.some(({ path }) => path !== undefined) === true;
}

/** Undefined if they are not known, or if one is below another: then it depends on the port what the rules compare. */
function basePathsOf(targets: Targets): readonly string[] | undefined {
  if (targets.kind === 'unknown') return undefined;
  const addresses = targets.targets.map(({ instance }) => instance.address);
  if (addresses.some((address) => address?.isPlain !== true)) return undefined;
  const paths = [...new Set(addresses.map((address) => address?.basePath.toLowerCase() ?? ''))];
  return paths.some((path) => paths.some((other) => path.startsWith(`${other}/`))) ? undefined : paths;
}

const whichBasePath =
  'Write the base path of the API, or `/`: the rules of the policy are compared with what follows it.';

const unclearBasePath = {
  message: 'The rules of the policy compare what follows the base path of its API, and that is not clear.',
  suggestion: whichBasePath,
};
