/**
 * @module
 * Reads the Apigee proxies and shared flows of an export: each GenerateJWT policy with what its entry in a
 * configuration needs, as far as the files say it with certainty.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import { oneLine } from '../../../diagnostics/one-line.ts';
import type { Problem } from '../../../diagnostics/problem.ts';
import { reason, withoutEntry } from '../../export-reasons.ts';
import {
  type ExportedApi,
  type ExportedPolicy,
  type ExportedRoute,
  type ExportFile,
  Open,
  type Reason,
  type Writable,
} from '../../exported.ts';
import { type BundledPolicy, type BundledProxy, readBundledProxies } from './bundle.ts';
import { isOfCaller } from './callers.ts';
import type { ProxyParts } from './chains.ts';
import { callersOf } from './exported-callers.ts';
import { tokenOf } from './exported-token.ts';
import { needsOf } from './exported-variables.ts';
import type { Step } from './flow-steps.ts';
import { incompleteReasons } from './incomplete.ts';
import { otherStepReasons, tokenHeadersOf } from './other-steps.ts';
import { pathsOf } from './route-path.ts';
import { shortSecretOf } from './short-secret.ts';
import { unselectedReasons } from './unselected.ts';

/**
 * One for each proxy, also without a GenerateJWT policy: its requests are not those of another proxy. A shared flow is
 * part of the proxies that call it; without any, it is alone.
 */
export function readApigeeExport(files: readonly ExportFile[]): readonly ExportedApi[] {
  return readBundledProxies(files).map(exportedApi);
}

function exportedApi({ name, proxy, bundles }: BundledProxy): ExportedApi {
  const policies = bundles.flatMap((bundle) => bundle.policies);
  const order = requestSteps(proxy);
  const rank = ({ calls }: BundledPolicy): number =>
    Math.min(...calls.map(({ call }) => order.get(call.step) ?? order.size), order.size);
  const takes = takenBy(proxy);
  const headers = tokenHeadersOf(policies);
  return {
    name: oneLine(name),
    policies: policies.toSorted((a, b) => rank(a) - rank(b)).map((policy) => exportedPolicy(policy, name, headers)),
    ...(takes === undefined ? {} : { takes }),
  };
}

/** The steps for requests by the order in which they run. */
function requestSteps({ endpoints }: ProxyParts): ReadonlyMap<Step, number> {
  const ordered = [
    ...endpoints.filter(({ kind }) => kind !== 'TargetEndpoint'),
    ...endpoints.filter(({ kind }) => kind === 'TargetEndpoint'),
  ];
  const steps = ordered.flatMap((endpoint) => endpoint.steps.filter(({ direction }) => direction === 'request'));
  return new Map(steps.map((step, at) => [step, at]));
}

/** The requests below the base paths; undefined if the proxy has no base path, or one that is not known. */
function takenBy({ endpoints }: ProxyParts): readonly ExportedRoute[] | undefined {
  const entrances = endpoints.filter(({ kind }) => kind === 'ProxyEndpoint');
  const routes = entrances.map(({ basePath, place }) =>
    pathsOf(basePath, []).paths.map((match) => ({ place, match: { ...match } })),
  );
  return routes.length === 0 || routes.some((one) => one.length === 0) ? undefined : routes.flat();
}

function exportedPolicy(policy: BundledPolicy, api: string, headers: ReadonlySet<string>): ExportedPolicy {
  const token = tokenOf(policy);
  const own = { ...identityOf(policy), routes: token.routes, output: token.output };
  const needs = needsOf(policy, api);
  const callers = callersOf(policy);
  const settings = settingsOf(policy);
  const incomplete = incompleteReasons(policy);
  const short = shortSecretOf(policy);
  const reasons = [
    ...policy.problems.flatMap(problemReason),
    ...incomplete,
    ...token.reasons,
    ...needs.reasons,
    ...settings.reasons,
    ...short.reasons,
    ...unselectedReasons(policy),
  ];
  // What a policy needs that cannot run here does not matter.
  if (reasons.some(isCannot)) {
    return { ...own, reasons: reasons.filter(({ kind }) => kind !== 'value'), ...withoutEntry, output: token.output };
  }
  return {
    ...own,
    reasons: [...reasons, ...callers.reasons, ...otherStepReasons(policy, headers)],
    entry: { ...settings.entry, ...callers.entry, ...short.entry },
    meant: [...meantWarnings(policy), ...short.meant],
    undecided: undecidedOf(incomplete),
    issuers: callers.issuers,
    variables: needs.variables,
    keys: needs.keys,
  };
}

function isCannot({ kind }: Reason): boolean {
  return kind === 'cannot';
}

function identityOf({ exported, place, name }: BundledPolicy) {
  return { file: exported, place, name: oneLine(name), dialect: 'apigee', select: undefined } as const;
}

/** Warnings that the entry answers, or asks for. */
const answered: ReadonlySet<Code> = new Set<Code>([
  'apigee.edition-matters',
  'apigee.unread-private',
  'policy.disabled',
  'policy.variable-output',
]);

function problemReason(problem: Problem): readonly Reason[] {
  if (problem.severity === 'error') return [{ kind: 'cannot', problem }];
  return answered.has(problem.code) ? [] : [{ kind: 'note', problem }];
}

interface Settings {
  readonly entry: Readonly<Record<string, Writable>>;
  readonly reasons: readonly Reason[];
}

function settingsOf(policy: BundledPolicy): Settings {
  const { needs, problems } = policy;
  const { known, unknown } = needs.runtime;
  const edition = problems.find(({ code }) => code === 'apigee.edition-matters');
  const members = unknown.map((member) => [member, new Open(`Write the ${member} of the deployed proxy.`)]);
  const apigee = { ...known, ...Object.fromEntries(members) };
  return {
    entry: {
      ...(needs.variables.some(isOfCaller) ? { authentication: { as: 'apigee' } } : {}),
      ...(Object.keys(apigee).length === 0 ? {} : { apigee }),
      ...(edition === undefined
        ? {}
        : { edition: new Open('Write edge if the proxy ran on Apigee Edge, x on Apigee X.') }),
    },
    reasons: [
      ...(edition === undefined ? [] : [{ kind: 'value' as const, problem: edition }]),
      ...unknown.map((member) =>
        reason('value', 'import.open-setting', policy.place, {
          message: `The policy reads the ${member} of the deployment, which is not in the export.`,
          suggestion: `Write \`apigee: { ${member}: … }\` in the entry.`,
        }),
      ),
    ],
  };
}

function undecidedOf(incomplete: readonly Reason[]): readonly Open[] {
  const facts = incomplete.map(({ problem }) => problem.message);
  return facts.length === 0 ? [] : [new Open(importAgain, facts)];
}

const importAgain = 'Import the missing parts too, or remove this line when you know that they do not matter here.';

/** Warnings about the policy's own text: its token is the same as the gateway's, so they are meant. */
function meantWarnings({ problems }: BundledPolicy): readonly Code[] {
  const codes = problems.filter(({ severity, code }) => severity === 'warning' && !answered.has(code));
  return [...new Set(codes.map(({ code }) => code))];
}
