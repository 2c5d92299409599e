/**
 * @module
 * Reads the Apigee proxies and shared flows of an export: each GenerateJWT policy with what its entry in a configuration
 * needs, as far as the files say it with certainty.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import type { Problem } from '../../../diagnostics/problem.ts';
import {
  type ExportedApi,
  type ExportedPolicy,
  type ExportFile,
  Open,
  type Reason,
  type Writable,
} from '../../exported.ts';
import { type Bundle, type BundledPolicy, readBundles } from './bundle.ts';
import { isOfCaller } from './callers.ts';
import { tokenOf } from './exported-token.ts';
import { needsOf } from './exported-variables.ts';
import { oneLine } from './one-line.ts';
import { isOpen } from './reasons.ts';

/** One for each proxy or shared flow with a GenerateJWT policy. */
export function readApigeeExport(files: readonly ExportFile[]): readonly ExportedApi[] {
  return readBundles(files, {}).map((bundle) => ({
    name: oneLine(bundle.name),
    policies: bundle.policies.map((policy) => exportedPolicy(policy, bundle)),
  }));
}

function exportedPolicy(policy: BundledPolicy, bundle: Bundle): ExportedPolicy {
  const token = tokenOf(policy, bundle);
  const own = { ...identityOf(policy), routes: token.routes, output: token.output };
  const reasons = [...policy.problems.flatMap(problemReason), ...token.reasons];
  const needs = needsOf(policy, bundle.name);
  const settings = settingsOf(policy);
  const all = [...reasons, ...needs.reasons, ...settings.reasons];
  // What a policy needs that cannot run here does not matter.
  if (all.some(isCannot)) {
    return { ...own, reasons: all.filter(({ kind }) => kind !== 'value'), entry: {}, variables: [], keys: [] };
  }
  const entry = { ...settings.entry, ...allowed(policy, token.output) };
  return { ...own, reasons: all, entry, variables: needs.variables, keys: needs.keys };
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
        isOpen(
          policy.place,
          'import.open-setting',
          `The policy reads the ${member} of the deployment, which is not in the export.`,
          `Write \`apigee: { ${member}: … }\` in the entry.`,
        ),
      ),
    ],
  };
}

/** Warnings about the policy's own text: its token is the same as the gateway's, so they are meant. */
function allowed(
  { problems }: BundledPolicy,
  output: ExportedPolicy['output'],
): { readonly allow?: readonly string[] } {
  const codes = new Set<string>(
    problems.filter(({ severity, code }) => severity === 'warning' && !answered.has(code)).map(({ code }) => code),
  );
  if (typeof output?.prefix === 'string' && /[A-Za-z0-9]$/.test(output.prefix)) codes.add('config.joined-prefix');
  return codes.size === 0 ? {} : { allow: [...codes] };
}
