/**
 * @module
 * The policies of one API file as an export: each with its routes, its output, its keys and what has to be decided.
 */
import { isPlainName, isPlainPath, nameOr, plainNames } from '../../../diagnostics/harmless.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
import { withoutEntry } from '../../export-reasons.ts';
import { type ExportedPolicy, type ExportedRoute, type ExportFile, Open, type Writable } from '../../exported.ts';
import { requiredCaller } from '../../required-caller.ts';
import { actionName } from '../assembly.ts';
import { type AnalysedPolicy, analysed } from './analysis.ts';
import { type ApiContext, contextOf } from './api-context.ts';
import { clientDecision } from './client-application.ts';
import { gatewayChecks } from './gateway-checks.ts';
import { keysOf } from './keys.ts';
import { otherStepReasons, tokenHeadersOf } from './other-steps.ts';
import { meantWarnings, reasonsOf } from './reasons.ts';
import { type ApiRoutes, type PolicyRoutes, routesOf } from './routes.ts';
import { undeclared } from './setters.ts';

export interface ExportedPart {
  readonly policies: readonly ExportedPolicy[];
  /** All requests of the API; undefined if the file does not say. */
  readonly takes: readonly ExportedRoute[] | undefined;
}

/**
 * Every policy of a document, in the order in which they are written.
 *
 * @param first how many policies the documents before it in the file have; undefined if it is the only one
 */
export function exportedPart(file: ExportFile, document: LocatedYaml, first: number | undefined): ExportedPart {
  const context = contextOf(document);
  const found = context.assembly.policies.map((action) => analysed(context, action));
  const { ofPolicies, all } = routesOfAll(context, found);
  const headers = tokenHeadersOf(found);
  const policies = found.map((one, index): ExportedPolicy => {
    const select = first === undefined ? one.action.position : first + index + 1;
    const isOnly = found.length === 1 && first === undefined;
    const own = exported(context, file, one, ofPolicies.get(index), isOnly ? undefined : select);
    // What a policy needs that cannot run here does not matter.
    return own.output === undefined
      ? own
      : { ...own, reasons: [...own.reasons, ...otherStepReasons(context, one, headers)] };
  });
  const takes = context.operations.length === 0 ? undefined : all;
  return { policies, takes };
}

/** Routes of a policy whose token goes elsewhere are for the report: no other policy depends on them. */
function routesOfAll(context: ApiContext, found: readonly AnalysedPolicy[]): ApiRoutes {
  const runsOf = (policy: number) => (found[policy]?.runs ?? []).map((run) => ({ ...run, policy }));
  const factsOf = (policy: number): readonly string[] => found[policy]?.conditions ?? [];
  const sent = [...found.keys()].filter((policy) => found[policy]?.output.kind !== 'cannot');
  const { ofPolicies, all } = routesOf(context.operations, sent.flatMap(runsOf), factsOf);
  const routes = new Map(ofPolicies);
  for (const policy of found.keys()) {
    if (sent.includes(policy)) continue;
    for (const [key, own] of routesOf(context.operations, runsOf(policy), factsOf).ofPolicies) routes.set(key, own);
  }
  return { ofPolicies: routes, all };
}

function exported(
  context: ApiContext,
  file: ExportFile,
  one: AnalysedPolicy,
  routed: PolicyRoutes | undefined,
  select: ExportedPolicy['select'],
): ExportedPolicy {
  const { document } = context;
  const { action, policy, output } = one;
  const place = document.source.placeAt(document.keyOffsetOf(action.path));
  const name = nameOf(context, one);
  const needed = policy.read && keysOf(policy.read.reader, policy.read.properties, context.keys);
  const checks = gatewayChecks(context, one);
  const required = requiredCaller(
    checks.callers,
    place,
    checks.unchecked.map((operation) => `no check for ${operation}`),
  );
  const client = clientDecision(policy);
  const reasons = [...reasonsOf(context, one, { routed, needed, checks }), ...client.reasons, ...required.reasons];
  const own = { file, place, name, dialect: 'datapower', select } as const;
  if (output.kind === 'cannot' || reasons.some(({ kind }) => kind === 'cannot')) {
    // What a policy needs that cannot run here does not matter.
    const why = reasons.filter(({ kind }) => kind !== 'value');
    return { ...own, ...withoutEntry, reasons: why, routes: routed?.routes ?? [] };
  }
  return {
    ...own,
    reasons,
    routes: routed?.routes ?? openRoutes(context, one, place),
    output: outputIfSent(output),
    entry: {
      ...catalogOf(one),
      ...verifiedByOf(one),
      ...required.entry,
    },
    meant: meantWarnings(reasons, one.solved),
    undecided: client.undecided,
    issuers: checks.issuers,
    variables: declarable(one).map((lack) => undeclared(lack, context.facts, action.path)),
    keys: needed?.keys ?? [],
  };
}

/** Undefined if the token does not reach the backend. */
function outputIfSent(output: AnalysedPolicy['output']): ExportedPolicy['output'] {
  return output.kind === 'cannot' ? undefined : output.output;
}

/** The policy's title; the API's name if it has the title that every new policy gets. */
function nameOf({ api }: ApiContext, { policy }: AnalysedPolicy): string {
  const title = policy.read?.properties.title ?? actionName;
  const own = api.constants.get('api.name');
  if (title === actionName && typeof own === 'string' && isPlainName(own)) return `${own}-jwt`;
  return nameOr(title, actionName);
}

function openRoutes(
  { api }: ApiContext,
  { conditions }: AnalysedPolicy,
  place: ExportedPolicy['place'],
): ExportedPolicy['routes'] {
  const base = api.constants.get('api.root');
  const facts = [
    ...(typeof base === 'string' && isPlainPath(base) ? [`the base path of the API is ${base}`] : []),
    ...conditions,
  ];
  return [
    {
      place,
      match: { pathPrefix: new Open('Write the beginning of the paths of the requests that get this token.', facts) },
    },
  ];
}

const catalogName = 'api.catalog.name';

/** The catalog, if it makes a difference. */
function catalogOf({
  policy: { catalogs = [] },
  remaining,
  lacks,
}: AnalysedPolicy): Readonly<Record<string, Writable>> {
  const isRead = catalogs.length > 0 && lacks.some(({ name }) => name === catalogName);
  if (!isRead && !remaining.some(({ code }) => code === 'datapower.catalog-property')) return {};
  return { catalog: new Open('Write the catalog whose values count.', [`the catalogs are: ${plainNames(catalogs)}`]) };
}

/** The variables that are not known once the catalog is. */
function declarable({ policy: { catalogs = [] }, lacks }: AnalysedPolicy): AnalysedPolicy['lacks'] {
  return catalogs.length === 0 ? lacks : lacks.filter(({ name }) => name !== catalogName);
}

function verifiedByOf({ policy }: AnalysedPolicy): Readonly<Record<string, Writable>> {
  const others = policy.tokens?.settle(new Set()).others ?? [];
  if (others.length === 0) return {};
  const known = plainNames(policy.read?.reader.claims.variables ?? []);
  return {
    verifiedBy: new Open("Write the variable with the claims of the caller's own token.", [
      `the variables are: ${known}`,
    ]),
  };
}
