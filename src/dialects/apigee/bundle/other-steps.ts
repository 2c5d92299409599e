/**
 * @module
 * What else a proxy did with the requests of a policy: it refused some of them, and ran steps that mintproc has no
 * counterpart of. Nothing of this changes the token; Envoy has to do it, and the report names it.
 */

import { oneLine } from '../../../diagnostics/one-line.ts';
import { otherPolicies, reason } from '../../export-reasons.ts';
import type { Reason } from '../../exported.ts';
import type { BundledCall, BundledPolicy } from './bundle.ts';
import { authenticatingTargets, chainsOf } from './chains.ts';
import { within } from './origins.ts';
import type { BundlePolicy } from './settings.ts';

/** @param headers those that get the token of a policy of the proxy */
export function otherStepReasons({ calls, place }: BundledPolicy, headers: ReadonlySet<string>): readonly Reason[] {
  const refused = namesOf(calls, ({ kind }) => refusing.test(kind));
  const others = [namesOf(calls, (policy) => isOther(policy, headers)), targetNames(calls)].filter(Boolean).join(', ');
  return [
    ...(refused === ''
      ? []
      : [
          reason('note', 'import.refusal', place, {
            message: oneLine(`On the gateway ${refused} refused requests. mintproc does not: let Envoy refuse them.`),
          }),
        ]),
    ...(others === '' ? [] : [reason('note', 'import.other-policy', place, otherPolicies(others))]),
  ];
}

/** Policies that refuse requests, and do not look at the caller. */
const refusing =
  /^(?:AccessControl|AssertCondition|BasicAuthentication|HMAC|JSONThreatProtection|MessageValidation|MonetizationLimitsCheck|OASValidation|Quota|RaiseFault|RegularExpressionProtection|SpikeArrest|XMLThreatProtection)$/;

/** Policies that only set variables or write to somewhere else than the request, and those that are said elsewhere. */
const quiet =
  /^(?:AccessEntity|DataCapture|DeleteOAuthV2Info|ExtractVariables|FlowCallout|GenerateJWT|GetOAuthV2Info|InvalidateCache|KeyValueMapOperations|LookupCache|MessageLogging|OAuthV[12]\w*|PopulateCache|PublishMessage|ResetQuota|RevokeOAuthV2|SetOAuthV2Info|StatisticsCollector|TraceCapture|ValidateSAMLAssertion|VerifyAPIKey|VerifyJW[ST]|a missing policy)$/;

function isOther({ kind, settings }: BundlePolicy, headers: ReadonlySet<string>): boolean {
  if (refusing.test(kind) || quiet.test(kind)) return false;
  if (kind !== 'AssignMessage') return true;
  const changed = settings.map((setting) => within(setting, 'request'));
  return changed.some(
    ({ target }) => target.kind === 'any' || (/^request\./.test(target.name) && !headers.has(target.name)),
  );
}

/** Those that run for the request, with their kinds, once each. */
function namesOf(calls: readonly BundledCall[], isWanted: (policy: BundlePolicy) => boolean): string {
  const names = calls.flatMap((one) =>
    chainsOf(one.proxy, one.call).flatMap(({ before, after }) =>
      [...before, ...after]
        .filter(({ step }) => step.direction === 'request' && step.section !== 'fault')
        .flatMap(({ step }) => one.proxy.policies.get(step.policy) ?? [])
        .filter((policy) => policy.enabled && isWanted(policy))
        .map(({ kind, name }) => `${kind} ${name}`),
    ),
  );
  return [...new Set(names)].join(', ');
}

/** The TargetEndpoints that authenticate themselves at the backend. */
function targetNames(calls: readonly BundledCall[]): string {
  const targets = calls.flatMap(({ proxy, call }) => authenticatingTargets(proxy, call));
  return [...new Set(targets.map(({ name }) => `the authentication by Google of TargetEndpoint ${name}`))].join(', ');
}

/** The variables of the headers that get a token. */
export function tokenHeadersOf(policies: readonly BundledPolicy[]): ReadonlySet<string> {
  const destinations = policies.flatMap(({ calls }) => calls.flatMap((call) => call.destinations));
  return new Set(destinations.flatMap((one) => (one.kind === 'header' ? [`request.header.${one.header}`] : [])));
}
