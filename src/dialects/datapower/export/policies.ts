/**
 * @module
 * The policies of one API file as an export: each with its routes, its output, its keys and what has to be decided.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { isPlainName, nameOr, plainNames } from '../../../diagnostics/harmless.ts';
import type { LocatedYaml } from '../../../documents/located-yaml.ts';
import { type ExportedPolicy, type ExportFile, Open, type Writable } from '../../exported.ts';
import { actionName } from '../assembly.ts';
import { type AnalysedPolicy, analysed } from './analysis.ts';
import { type ApiContext, contextOf } from './api-context.ts';
import { checksBefore, readsCaller } from './gateway-checks.ts';
import { keysOf } from './keys.ts';
import { allowedCodes, reasonsOf } from './reasons.ts';
import { type PolicyRoutes, routesOf } from './routes.ts';
import { undeclared } from './setters.ts';

/**
 * Every policy of a document, in the order in which they are written.
 *
 * @param first how many policies the documents before it in the file have; undefined if it is the only one
 */
export function exportedPolicies(
  file: ExportFile,
  document: LocatedYaml,
  first: number | undefined,
): readonly ExportedPolicy[] {
  const context = contextOf(document);
  const found = context.assembly.policies.map((action) => analysed(context, action));
  const routes = routesOfAll(context, found);
  const policies = found.map((one, index): ExportedPolicy => {
    const select = first === undefined ? one.action.position : first + index + 1;
    return exported(
      context,
      file,
      one,
      routes.get(index),
      found.length === 1 && first === undefined ? undefined : select,
    );
  });
  return withCommonAllowances(policies);
}

/** The routes of each policy; those of a policy that cannot run here are for the report, and no other depends on them. */
function routesOfAll(context: ApiContext, found: readonly AnalysedPolicy[]): ReadonlyMap<number, PolicyRoutes> {
  const runsOf = (policy: number) => (found[policy]?.runs ?? []).map((run) => ({ ...run, policy }));
  const factsOf = (policy: number): readonly string[] => found[policy]?.conditions ?? [];
  const possible = [...found.keys()].filter((policy) => found[policy]?.output.kind !== 'cannot');
  const routes = new Map(routesOf(context.operations, possible.flatMap(runsOf), factsOf));
  for (const policy of found.keys()) {
    if (possible.includes(policy)) continue;
    for (const [key, own] of routesOf(context.operations, runsOf(policy), factsOf)) routes.set(key, own);
  }
  return routes;
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
  const needed = policy.read && keysOf(policy.read.reader, policy.read.properties, name);
  const checks = checksBefore(context, one.placed);
  const reasons = reasonsOf(context, one, { routed, needed, checks });
  const own = { file, place, name, dialect: 'datapower', select } as const;
  if (output.kind === 'cannot' || reasons.some(({ kind }) => kind === 'cannot')) {
    // What a policy needs that cannot run here does not matter.
    const why = reasons.filter(({ kind }) => kind !== 'value');
    return {
      ...own,
      reasons: why,
      routes: routed?.routes ?? [],
      output: undefined,
      entry: {},
      variables: [],
      keys: [],
    };
  }
  return {
    ...own,
    reasons,
    routes: routed?.routes ?? openRoutes(context, one, place),
    output: output.output,
    entry: {
      ...catalogOf(one),
      ...verifiedByOf(one),
      ...(readsCaller(policy) && checks.requireCaller ? { requireCaller: true } : {}),
      ...allowanceOf([...allowedCodes(reasons, one.solved), ...prefixWarning(output)]),
    },
    variables: declarable(one).map((lack) => undeclared(lack, context.facts, action.path)),
    keys: needed?.keys ?? [],
  };
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
    ...(typeof base === 'string' && /^[\w/.-]{1,128}$/.test(base) ? [`the base path of the API is ${base}`] : []),
    ...conditions,
  ];
  return [
    { place, match: { pathPrefix: new Open('the beginning of the paths of the requests that get this token', facts) } },
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
  return { catalog: new Open('the catalog whose values count', [`the catalogs are: ${plainNames(catalogs)}`]) };
}

/** The variables that are not known once the catalog is. */
function declarable({ policy: { catalogs = [] }, lacks }: AnalysedPolicy): AnalysedPolicy['lacks'] {
  return catalogs.length === 0 ? lacks : lacks.filter(({ name }) => name !== catalogName);
}

/** The gateway writes what the assembly says. */
function prefixWarning(output: AnalysedPolicy['output']): readonly Code[] {
  const prefix = output.kind === 'header' ? output.output.prefix : '';
  return typeof prefix === 'string' && /[A-Za-z0-9]$/.test(prefix) ? ['config.joined-prefix'] : [];
}

function verifiedByOf({ policy }: AnalysedPolicy): Readonly<Record<string, Writable>> {
  const others = policy.tokens?.settle(new Set()).others ?? [];
  if (others.length === 0) return {};
  const known = plainNames(policy.read?.reader.claims.variables ?? []);
  return {
    verifiedBy: new Open("the variable with the claims of the caller's own token", [`the variables are: ${known}`]),
  };
}

function allowanceOf(codes: readonly string[]): Readonly<Record<string, Writable>> {
  return codes.length === 0 ? {} : { allow: [...new Set(codes)] };
}

/** A warning in a file is allowed only if every entry that uses the file allows it. */
function withCommonAllowances(policies: readonly ExportedPolicy[]): readonly ExportedPolicy[] {
  const codes = policies.flatMap(({ entry }) => (entry['allow'] as readonly Code[] | undefined) ?? []);
  const isUsable = ({ reasons }: ExportedPolicy): boolean => !reasons.some(({ kind }) => kind === 'cannot');
  return policies.map((policy) =>
    isUsable(policy) ? { ...policy, entry: { ...policy.entry, ...allowanceOf(codes) } } : policy,
  );
}
