/**
 * @module
 * The policies of one API file as an export: each with its routes, its output, its keys and what has to be decided.
 */

import type { Code } from '../../../diagnostics/codes.ts';
import { nameOr, plainNames } from '../../../diagnostics/harmless.ts';
import { isRecord, type JsonValue } from '../../../diagnostics/json.ts';
import { type Problem, Problems, problemAt } from '../../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
import type { YamlPath } from '../../../documents/yaml-places.ts';
import { needsNothing } from '../../../plan/needs.ts';
import { type ExportedPolicy, type ExportFile, Open, type Reason, type Writable } from '../../exported.ts';
import type { DeclaredVariables } from '../../policy-file.ts';
import { type Api, readApi } from '../api.ts';
import { extensionName, placeOfApi } from '../api-place.ts';
import { type Assembly, actionName, type FoundAction, readAssembly, rootOf } from '../assembly.ts';
import { constantText } from '../constants.ts';
import { type ReadPolicy, readPolicy } from '../plan.ts';
import type { Lack, PolicyReader } from '../policy-reader.ts';
import { always, type Condition } from './condition.ts';
import { type Destination, destinationOf } from './destination.ts';
import { alwaysWith, type Flow, type Run, readFlow, runsOf } from './flow.ts';
import { keysOf } from './keys.ts';
import { mayBeSent, outputOf, type PolicyOutput } from './output.ts';
import { isPreferred, patternOf } from './patterns.ts';
import { type ExportedOperation, type PolicyRoutes, type PolicyRun, routesOf } from './routes.ts';
import { type AssemblyFacts, actionsOf, conditionsOf, undeclared } from './setters.ts';

/** An API file, or a part of an assembly. */
export interface ApiDocument {
  readonly file: ExportFile;
  readonly document: LocatedYaml;
}

/** Every policy of the file, in the order in which they are written. */
export function exportedPolicies({ file, document }: ApiDocument, isOnly: boolean): readonly ExportedPolicy[] {
  const context = contextOf(document);
  const { assembly } = context;
  const found = assembly.policies.map((action) => analysed(context, action));
  const runs = found.flatMap(({ runs: own }, policy) => own.map((run) => ({ ...run, policy })));
  const routes = routesOf(context.operations, runs, (policy) => found[policy]?.conditions ?? []);
  const isOne = isOnly && found.length === 1;
  const policies = found.map((one, index) => exported(context, file, one, routes.get(index), isOne));
  return withCommonAllowances(policies);
}

interface Context {
  readonly document: LocatedYaml;
  readonly api: Api;
  readonly isApi: boolean;
  readonly assembly: Assembly;
  readonly flow: Flow;
  readonly facts: AssemblyFacts;
  readonly operations: readonly ExportedOperation[];
}

function contextOf(document: LocatedYaml): Context {
  const api = readApi(document, undefined);
  const { path, value } = placeOfApi(document.value);
  const isApi = isRecord(value[extensionName]);
  const root = rootOf(document.value) ?? { value: undefined, path: [] };
  const list = isRecord(root.value) ? root.value['execute'] : root.value;
  const at = isRecord(root.value) ? [...root.path, 'execute'] : root.path;
  // One action alone is a flow too.
  const isAction = isRecord(root.value) && list === undefined;
  const flow = isAction ? readFlow([root.value], root.path).map((step) => atRoot(step)) : readFlow(list, at);
  const operations = isApi ? operationsOf(api, document, path) : [];
  return {
    document,
    api,
    isApi,
    assembly: readAssembly(document),
    flow,
    facts: { document, rootLength: root.path.length, actions: actionsOf(flow), operations },
    operations,
  };
}

/** A flow of one action that is not in a list. */
function atRoot(step: Flow[number]): Flow[number] {
  return step.kind === 'action' ? { ...step, path: step.path.slice(-1) } : step;
}

function operationsOf(api: Api, document: LocatedYaml, root: YamlPath): readonly ExportedOperation[] {
  const all = api.operations.flatMap(({ path, segments, methods, ids }) =>
    methods.map((verb): ExportedOperation => {
      const at = [...root, 'paths', path, verb.toLowerCase()];
      const place = document.source.placeAt(document.keyOffsetOf(at));
      return { verb, path, id: ids.get(verb), pattern: patternOf(segments), place };
    }),
  );
  return all.toSorted((a, b) => {
    if (a.pattern === undefined || b.pattern === undefined)
      return Number(a.pattern === undefined) - Number(b.pattern === undefined);
    return Number(isPreferred(b.pattern, a.pattern)) - Number(isPreferred(a.pattern, b.pattern));
  });
}

/** What the import knows of one policy. */
interface Analysed {
  readonly action: FoundAction;
  readonly policy: ReadPolicy;
  readonly lacks: readonly Lack[];
  /** What has to be decided; what remains when it is. */
  readonly decided: readonly Problem[];
  readonly remaining: readonly Problem[];
  /** For the operations whose token reaches the backend. */
  readonly runs: readonly Omit<PolicyRun, 'policy'>[];
  readonly output: PolicyOutput;
  /** Of the branches that the policy is in. */
  readonly conditions: readonly string[];
}

function analysed(context: Context, action: FoundAction): Analysed {
  const read = readWithLacks(context, action);
  const { variable, carried } = tokenOf(read.policy, action, context);
  const found = context.operations.flatMap((operation) => {
    const one = runIn(context.flow, operation, action.path);
    if (one === undefined) return [];
    const condition: Condition = allOf(one.run.guards.map((guard) => guard.condition));
    return [{ operation, condition, destination: destinationOf(variable, carried, one.run, one.runs) }];
  });
  const destinations = found.map(({ destination }) => destination);
  const output =
    found.length > 0 ? outputOf(destinations, context.facts, false) : outputWithout(context, action, variable, carried);
  const placed = context.facts.actions.find((one) => one.action.path.join() === action.path.join());
  return {
    action,
    ...read,
    runs: output.kind === 'cannot' ? [] : found.filter(({ destination }) => mayBeSent(destination)),
    output,
    conditions: placed === undefined ? [] : conditionsOf(context.facts, placed.cases),
  };
}

function allOf(parts: readonly Condition[]): Condition {
  const [only] = parts;
  return only === undefined ? always : parts.length === 1 ? only : { kind: 'all', parts };
}

/** The output of a policy of a file without operations, or that runs for none of them. */
function outputWithout(
  context: Context,
  action: FoundAction,
  variable: string,
  carried: { prefix: string | undefined },
): PolicyOutput {
  const isInFlow = context.facts.actions.some((one) => one.action.path.join() === action.path.join());
  if (context.operations.length > 0 || !isInFlow) {
    const message = isInFlow
      ? 'No operation of the API runs this policy, or the assembly always ends before it.'
      : 'The gateway runs this policy only after an error (`catch`) or outside of the flow of a request.';
    return { kind: 'cannot', code: 'datapower.never-runs', message, at: undefined };
  }
  const nowhere = { verb: '', path: '', id: undefined };
  const one = runIn(context.flow, nowhere, action.path);
  const destination: Destination =
    one === undefined
      ? { headers: new Map(), readers: [], isSent: true }
      : destinationOf(variable, carried, one.run, one.runs);
  return outputOf([destination], context.facts, !context.isApi);
}

/** The run of the policy for an operation; undefined if it does not run. */
function runIn(
  flow: Flow,
  operation: { readonly verb: string; readonly path: string; readonly id: string | undefined },
  path: YamlPath,
): { readonly run: Run; readonly runs: readonly Run[] } | undefined {
  const runs = runsOf(flow, operation);
  const at = runs.findIndex(({ action }) => action.path.join() === path.join());
  const run = runs[at];
  if (run === undefined) return undefined;
  const isEnded = runs.slice(0, at).some((earlier) => earlier.action.name === 'throw' && alwaysWith(earlier, run));
  return isEnded ? undefined : { run, runs };
}

/** The variable that the policy writes to, and what is before the token in it. */
function tokenOf(
  { read }: ReadPolicy,
  { before }: FoundAction,
  { api }: Context,
): {
  readonly variable: string;
  readonly carried: { readonly prefix: string | undefined };
} {
  const reader = read?.reader;
  const given = read?.properties.jwt;
  const jwt = reader === undefined || given === undefined ? given : constantText(reader, reader.textAt('jwt'), before);
  if (jwt === undefined || jwt === '')
    return { variable: 'message.headers.authorization', carried: { prefix: 'Bearer ' } };
  const isUnknown = read?.properties.version === undefined && api.gateway === undefined;
  return { variable: jwt, carried: { prefix: isUnknown ? undefined : reader?.version.variablePrefix } };
}

interface ReadWithLacks {
  readonly policy: ReadPolicy;
  readonly lacks: readonly Lack[];
  readonly decided: readonly Problem[];
  readonly remaining: readonly Problem[];
}

/** A variable may insert others, which are found once it is declared. Each turn finds at least one. */
const maxTurns = 64;

/** Reads the policy as with a configuration that declares what is missing. */
function readWithLacks({ document, api }: Context, action: FoundAction): ReadWithLacks {
  const lacks = new Map<string, Lack>();
  const earlier: Problem[] = [];
  for (let turn = 0; ; turn += 1) {
    const problems = new Problems();
    const settings = { variables: declaring(new Set(lacks.keys())) };
    const policy = readPolicy(document, api, action, settings, problems);
    const found = (policy.read?.reader.lacks ?? []).filter(({ name }) => !lacks.has(name));
    if (found.length === 0 || turn >= maxTurns) {
      const { all } = problems;
      const keys = new Set(all.map(keyOf));
      return {
        policy,
        lacks: [...lacks.values()],
        decided: earlier.filter((one) => !keys.has(keyOf(one))),
        remaining: all,
      };
    }
    for (const lack of found) lacks.set(lack.name, lack);
    earlier.push(...problems.all);
  }
}

function keyOf({ code, place: { line, column } }: Problem): string {
  return `${code} ${line} ${column}`;
}

/** Declared variables whose values are not known. */
function declaring(names: ReadonlySet<string>): DeclaredVariables {
  const find = (name: string) => (names.has(name) ? { needs: needsNothing, evaluate: () => undefined } : undefined);
  return { names, find, findForKeyId: find, constant: (): JsonValue | undefined => undefined };
}

function exported(
  context: Context,
  file: ExportFile,
  { action, policy, lacks, decided, remaining, output, conditions }: Analysed,
  routed: PolicyRoutes | undefined,
  isOne: boolean,
): ExportedPolicy {
  const { document, facts } = context;
  const title = policy.read?.properties.title ?? actionName;
  const name = nameOr(title, actionName);
  const place = document.source.placeAt(document.keyOffsetOf(action.path));
  const needed = policy.read && keysOf(policy.read.reader, policy.read.properties, name);
  const report = (kind: Reason['kind'], code: Code, path: YamlPath, message: string, suggestion?: string): Reason => ({
    kind,
    problem: problemAt(document.source, document.keyOffsetOf(path), code, { message, suggestion }),
  });
  const isRouteOpen = routed === undefined || routed.isOpen;
  const catalog = catalogOf(policy, remaining);
  const tokens = policy.tokens?.settle(new Set());
  const reasons: Reason[] = [
    ...decided.map((problem): Reason => ({ kind: 'value', problem })),
    ...remaining.map((problem): Reason => ({ kind: kindOf(problem, lacks, output), problem })),
    ...(tokens?.others ?? []).map((problem): Reason => ({ kind: 'value', problem })),
    ...(policy.whenUsed ?? []).map((problem): Reason => ({ kind: isRouteOpen ? 'value' : 'note', problem })),
  ];
  if (output.kind === 'open')
    reasons.push(report('value', 'datapower.unknown-output', output.at?.path ?? action.path, output.message));
  if (output.kind === 'cannot')
    reasons.push(report('cannot', output.code, output.at?.path ?? action.path, output.message));
  if (output.kind !== 'cannot' && isRouteOpen)
    reasons.push(report('value', 'datapower.open-route', action.path, routeMessage(routed)));
  if (needed?.fromRequest !== undefined) {
    reasons.push({
      kind: 'cannot',
      problem: problemAt(needed.fromRequest, 0, 'datapower.dynamic-property', {
        message: 'The key comes from the request, so the client could choose it.',
      }),
    });
  }
  return {
    file,
    place,
    name,
    dialect: 'datapower',
    select: isOne ? undefined : action.position,
    reasons,
    routes: routed?.routes ?? openRoutes(context, conditions, place),
    output: output.kind === 'cannot' ? undefined : output.output,
    entry: {
      ...(catalog === undefined ? {} : { catalog }),
      ...(tokens === undefined || tokens.others.length === 0 ? {} : { verifiedBy: verifiedByOf(policy.read?.reader) }),
      allow: allowed(reasons),
    },
    variables: lacks.map((lack) => undeclared(lack, facts, action.path)),
    keys: needed?.keys ?? [],
  };
}

function routeMessage(routed: PolicyRoutes | undefined): string {
  return routed === undefined
    ? 'The file has no operation for which the policy runs, so its routes have to be written.'
    : 'A route cannot say for which requests of an operation the gateway runs the policy.';
}

function openRoutes(
  { api }: Context,
  conditions: readonly string[],
  place: ExportedPolicy['place'],
): ExportedPolicy['routes'] {
  const base = api.constants.get('api.root');
  const facts = [
    ...(typeof base === 'string' && /^[\w/.-]+$/.test(base) ? [`the base path of the API is ${base}`] : []),
    ...conditions,
  ];
  return [
    { place, match: { pathPrefix: new Open('the beginning of the paths of the requests that get this token', facts) } },
  ];
}

/** The catalog, if it makes a difference. */
function catalogOf({ catalogs = [] }: ReadPolicy, remaining: readonly Problem[]): Open | undefined {
  if (!remaining.some(({ code }) => code === 'datapower.catalog-property')) return undefined;
  return new Open(`the catalog whose values count. The catalogs are: ${plainNames(catalogs)}`);
}

function verifiedByOf(reader: PolicyReader | undefined): Open {
  const known = plainNames(reader?.claims.variables ?? []);
  return new Open(`the variable with the claims of the caller's own token. The variables are: ${known}`);
}

function kindOf({ code, severity }: Problem, lacks: readonly Lack[], output: PolicyOutput): Reason['kind'] {
  if (code === 'datapower.catalog-property') return 'value';
  if (code === 'datapower.version-matters')
    return output.kind === 'header' && output.output.prefix instanceof Open ? 'value' : 'note';
  if (code === 'datapower.dynamic-property' && lacks.some(({ isConstant }) => isConstant)) return 'value';
  return severity === 'error' ? 'cannot' : 'note';
}

/** The warnings that remain when everything is decided. */
function allowed(reasons: readonly Reason[]): readonly string[] {
  const codes = reasons.filter(({ problem }) => problem.severity === 'warning' && !solved.has(problem.code));
  return [...new Set(codes.map(({ problem }) => problem.code))];
}

/** What somebody writes instead of an `Open` ends these warnings. */
const solved = new Set<Code>(['datapower.catalog-property', 'datapower.unset-variable', 'datapower.other-token']);

/** A warning in a file is allowed only if every entry that uses the file allows it. */
function withCommonAllowances(policies: readonly ExportedPolicy[]): readonly ExportedPolicy[] {
  const usable = policies.filter(({ reasons }) => !reasons.some(({ kind }) => kind === 'cannot'));
  const codes = [...new Set(usable.flatMap(({ entry }) => (entry['allow'] as readonly string[] | undefined) ?? []))];
  return policies.map((policy) => {
    const { allow: _, ...entry } = policy.entry;
    const common: Readonly<Record<string, Writable>> = codes.length === 0 ? entry : { ...entry, allow: codes };
    return { ...policy, entry: common };
  });
}
