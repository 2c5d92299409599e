/**
 * @module
 * What is missing of the proxies that call a policy: files that cannot be read, and parts that are not in the export.
 * What these do to the token, its header or the requests is not known, so that nothing is exact.
 */
import type { Reason } from '../../exported.ts';
import type { BundledCall, BundledPolicy } from './bundle.ts';
import { chainsOf, entrancesOf } from './chains.ts';
import { oneLine } from './one-line.ts';
import { isOpen } from './reasons.ts';
import { anything, type BundlePolicy } from './settings.ts';
import { missingKind } from './shared-flows.ts';

export function incompleteReasons({ proxies, calls }: BundledPolicy): readonly Reason[] {
  const unreadable = new Set(proxies.flatMap((proxy) => proxy.unreadable));
  const problems = [...unreadable].flatMap((file) => file.problems);
  const parts = new Map(calls.flatMap(missingParts).map((reason) => [reason.problem.message, reason]));
  return [...problems.map((problem): Reason => ({ kind: 'cannot', problem })), ...parts.values()];
}

function missingParts(called: BundledCall): readonly Reason[] {
  if (called.call.step.direction === 'response') return [];
  return [...missingPolicies(called), ...missingTargets(called)];
}

function missingPolicies({ call, proxy }: BundledCall): readonly Reason[] {
  return chainsOf(proxy, call).flatMap(({ before, after }) =>
    [...before, ...after]
      .filter(({ step }) => step.direction === 'request' && step.section !== 'fault')
      .flatMap(({ step }) => {
        const policy = proxy.policies.get(step.policy);
        const what = policy && missingPart(policy);
        if (what === undefined) return [];
        const message = oneLine(`The export does not have ${what}, which runs in ${step.flow}.`);
        return [isOpen(step.place, 'import.incomplete', message, addIt)];
      }),
  );
}

const addIt =
  'Import it together with the proxy. Else find out whether it checks callers, refuses requests, or changes what the policy reads or the header of the token.';

function missingPart(policy: BundlePolicy): string | undefined {
  const { kind, name, enabled, settings } = policy;
  if (kind === missingKind) return `the policy ${name}`;
  const isClosed = kind === 'FlowCallout' && enabled && settings.includes(anything);
  return isClosed ? `the shared flow that ${name} calls` : undefined;
}

function missingTargets({ call, proxy }: BundledCall): readonly Reason[] {
  const known = new Set(proxy.endpoints.flatMap(({ kind, name }) => (kind === 'TargetEndpoint' ? [name] : [])));
  return entrancesOf(proxy, call).flatMap(({ routes, name, place }) =>
    routes.flatMap(({ target }) => {
      if (target === undefined || known.has(target)) return [];
      const message = oneLine(`The export does not have the TargetEndpoint ${target} of the ProxyEndpoint ${name}.`);
      return [isOpen(place, 'import.incomplete', message, addIt)];
    }),
  );
}
