/**
 * @module
 * What a proxy checked of its callers before a policy minted its token. Here Envoy checks them, and the entry of the
 * policy refuses requests whose caller Envoy does not know.
 */

import { oneLine } from '../../../diagnostics/one-line.ts';
import { reason } from '../../export-reasons.ts';
import { type ExportedVariable, Open, type Reason, type Writable } from '../../exported.ts';
import { policyInName } from '../token-claims.ts';
import { attributeOf, textIn } from '../xml-parts.ts';
import type { BundledCall, BundledPolicy } from './bundle.ts';
import { chainsOf, type RunStep } from './chains.ts';
import type { BundlePolicy } from './settings.ts';

export interface ExportedCallers {
  readonly entry: Readonly<Record<string, Writable>>;
  readonly reasons: readonly Reason[];
}

export function callersOf(policy: BundledPolicy): ExportedCallers {
  const chains = policy.calls.flatMap(checksBefore);
  const checks = new Map(chains.flat().map((check) => [check.policy, check]));
  const isCertain = chains.length > 0 && chains.every((chain) => chain.some(({ always }) => always));
  const verifier = verifierOf(policy, chains);
  return {
    entry: { ...(isCertain ? { requireCaller: true } : {}), ...verifier.entry },
    reasons: [
      ...(checks.size === 0 ? [] : [checkNote(policy, [...checks.values()], isCertain)]),
      ...refusalNotes(policy),
      ...verifier.reasons,
    ],
  };
}

interface Check {
  readonly policy: BundlePolicy;
  /** Whether it always runs before the policy, and refuses the request if it fails. */
  readonly always: boolean;
}

/** Those of each way that leads to a call. */
function checksBefore({ call, proxy }: BundledCall): readonly (readonly Check[])[] {
  const checkOf = ({ step, always }: RunStep): readonly Check[] => {
    const policy = proxy.policies.get(step.policy);
    return policy?.enabled === true && checks(policy) ? [{ policy, always: always && refuses(policy) }] : [];
  };
  return chainsOf(proxy, call).map(({ before }) => before.flatMap(checkOf));
}

/** A check that lets the request go on if it fails only finds out who the caller is. */
function refuses({ root }: BundlePolicy): boolean {
  return attributeOf(root, 'continueOnError')?.text !== 'true';
}

function checks({ kind, root }: BundlePolicy): boolean {
  return /^(?:VerifyAPIKey|VerifyJWT)$/.test(kind) || (kind === 'OAuthV2' && isVerifying(root));
}

function isVerifying(root: BundlePolicy['root']): boolean {
  return textIn(root, 'Operation') === 'VerifyAccessToken';
}

function checkNote({ place }: BundledPolicy, found: readonly Check[], isCertain: boolean): Reason {
  const names = found.map(({ policy }) => `${policy.kind} ${policy.name} in ${policy.file}`).join(', ');
  const consequence = isCertain ? 'so the entry has `requireCaller`' : 'though not for every request';
  const message = oneLine(
    `On the gateway ${names} checked the caller first, ${consequence}. Here Envoy must check it.`,
  );
  return reason('note', 'import.caller', place, { message });
}

/** Policies that refuse requests, and do not look at the caller. */
const refusing =
  /^(?:AccessControl|AssertCondition|BasicAuthentication|HMAC|JSONThreatProtection|MessageValidation|OASValidation|Quota|RaiseFault|RegularExpressionProtection|SpikeArrest|XMLThreatProtection)$/;

function refusalNotes({ calls, place }: BundledPolicy): readonly Reason[] {
  const names = new Set(
    calls.flatMap(({ call, proxy }) =>
      chainsOf(proxy, call).flatMap(({ before, after }) =>
        [...before, ...after]
          .filter(({ step }) => step.direction === 'request' && step.section !== 'fault')
          .flatMap(({ step }) => proxy.policies.get(step.policy) ?? [])
          .filter(({ kind, enabled }) => enabled && refusing.test(kind))
          .map(({ kind, name }) => `${kind} ${name}`),
      ),
    ),
  );
  if (names.size === 0) return [];
  const message = oneLine(
    `On the gateway ${[...names].join(', ')} refused requests. mintproc does not: let Envoy refuse them.`,
  );
  return [reason('note', 'import.refusal', place, { message })];
}

/** Whose claims the policy reads as `jwt.NAME.claim.…`. */
function verifierOf(policy: BundledPolicy, chains: readonly (readonly Check[])[]): ExportedCallers {
  const names = [
    ...new Set(tokenVariables(policy).flatMap((name) => (claim.test(name) ? (policyInName(name) ?? []) : []))),
  ];
  const [only, ...others] = names;
  if (only === undefined) return { entry: {}, reasons: [] };
  const facts = names.map((name) => verifierFact(name, policy));
  const isKnown =
    others.length === 0 && chains.every((chain) => chain.some((one) => one.always && isCallersToken(one, only)));
  if (isKnown) return { entry: {}, reasons: [] };
  const instead =
    'Write the name of the policy whose token Envoy verifies; declare the variables of other tokens in `variables`.';
  return {
    entry: { verifiedBy: new Open(instead, facts) },
    reasons: [
      reason('value', 'import.open-setting', policy.place, {
        message: 'It is not certain whose token has the claims that the policy reads.',
        suggestion: instead,
      }),
    ],
  };
}

const claim = /^jwt\.[^.]+\.(?:decoded\.)?claim\./;

/** The variables of verified tokens that the policy reads. */
function tokenVariables(policy: BundledPolicy): readonly string[] {
  const minting = mintingNames(policy);
  return tokenReads(policy).filter((name) => !minting.has(policyInName(name) ?? ''));
}

/** The variables of tokens that it reads, verified ones or those of another GenerateJWT. */
function tokenReads({ found }: BundledPolicy): readonly string[] {
  const names = new Set((found?.variables ?? []).map(({ name }) => name));
  return [...names].filter((name) => policyInName(name) !== undefined);
}

function mintingNames({ calls }: BundledPolicy): ReadonlySet<string> {
  const policies = calls.flatMap(({ proxy }) => [...proxy.policies.values()]);
  return new Set(policies.filter(({ kind }) => kind === 'GenerateJWT').map(({ name }) => name));
}

/** Whether a policy verifies the token that the client itself sends, as Envoy's filter does. */
function isCallersToken({ policy }: Check, name: string): boolean {
  const source = textIn(policy.root, 'Source') ?? 'request.header.authorization';
  return (
    policy.kind === 'VerifyJWT' && policy.name === name && /^(?:request|message)\.(?:header|queryparam)\./.test(source)
  );
}

function verifierFact(name: string, { calls }: BundledPolicy): string {
  const found = calls.flatMap(({ proxy }) => [...proxy.policies.values()].filter((policy) => policy.name === name))[0];
  if (found === undefined) return oneLine(`${name}: not in the export`);
  const source = textIn(found.root, 'Source');
  const from = source === undefined ? '' : `, which reads the token from ${source}`;
  return oneLine(`${name}: ${found.kind} in ${found.file}${from}`);
}

/** Variables of a token that Envoy does not give: of its header, or of a token that another policy mints. */
export function otherTokenVariables(policy: BundledPolicy): readonly ExportedVariable[] {
  const minting = mintingNames(policy);
  return tokenReads(policy).flatMap((name): readonly ExportedVariable[] => {
    const isMinted = minting.has(policyInName(name) ?? '');
    if (!isMinted && claim.test(name)) return [];
    const instead = isMinted
      ? 'If the policy that mints this token runs before on all of the routes, remove this line; else write where the value comes from now.'
      : 'Write where the value comes from now: of a verified token, only the claims are known here.';
    return [{ name, verdict: 'declare', setters: [], declaration: new Open(instead) }];
  });
}
