/**
 * @module
 * What a proxy checked of its callers on the way to the backend. Here Envoy checks them, and the entry of the policy
 * refuses requests whose caller Envoy does not know.
 */

import { oneLine } from '../../../diagnostics/one-line.ts';
import { callerIssuer } from '../../caller-issuer.ts';
import { reason } from '../../export-reasons.ts';
import { type CallerIssuer, type ExportedVariable, Open, type Reason, type Writable } from '../../exported.ts';
import { type CallerCheck, checkedByEnvoy, type KnownCallers, requiredCaller } from '../../required-caller.ts';
import { policyInName } from '../token-claims.ts';
import { attributeOf, childOf, textIn } from '../xml-parts.ts';
import type { BundledCall, BundledPolicy } from './bundle.ts';
import { chainsOf, type RunStep } from './chains.ts';
import { conditionsOf } from './flow-steps.ts';
import type { BundlePolicy } from './settings.ts';

export interface ExportedCallers {
  readonly entry: Readonly<Record<string, Writable>>;
  readonly reasons: readonly Reason[];
  readonly issuers: readonly CallerIssuer[];
}

export function callersOf(policy: BundledPolicy): ExportedCallers {
  const ways = policy.calls.flatMap(checksAround);
  const checks = new Map(ways.flatMap(({ before, after }) => [...before, ...after]).map((one) => [one.policy, one]));
  const found = [...checks.values()];
  const known = knownIn(ways.map(({ before, after }) => [...before, ...after]));
  const unsure = found.filter(({ always, refuses }) => refuses && !always);
  const required = requiredCaller(known, policy.place, unsure.map(checkFact));
  const verifier = verifierOf(
    policy,
    ways.map(({ before }) => before),
  );
  return {
    entry: { ...required.entry, ...verifier.entry },
    issuers: found.flatMap(({ policy: { kind, root } }) => (kind === 'VerifyJWT' ? [issuerOf(root)] : [])),
    reasons: [
      ...(found.length === 0 ? [] : [checkNote(policy, found, known)]),
      ...required.reasons,
      ...verifier.reasons,
    ],
  };
}

function issuerOf(root: BundlePolicy['root']): CallerIssuer {
  const keys = childOf(root, 'PublicKey');
  const set = keys && childOf(keys, 'JWKS');
  return callerIssuer({
    issuer: textIn(root, 'Issuer'),
    audience: textIn(root, 'Audience'),
    jwks: set && attributeOf(set, 'uri')?.text,
  });
}

interface Check {
  readonly policy: BundlePolicy;
  readonly by: CallerCheck;
  readonly conditions: readonly string[];
  /** Whether it always runs in a request that reaches the policy. */
  readonly always: boolean;
  /** A check that lets the request go on if it fails only finds out who the caller is. */
  readonly refuses: boolean;
}

interface Way {
  readonly before: readonly Check[];
  /** A request that is refused later does not reach the backend with its token either. */
  readonly after: readonly Check[];
}

/** Those of each way that leads to a call. */
function checksAround({ call, proxy, destinations }: BundledCall): readonly Way[] {
  const checkOf = ({ step, always }: RunStep): readonly Check[] => {
    const policy = proxy.policies.get(step.policy);
    const by = policy?.enabled === true ? checkBy(policy) : undefined;
    if (policy === undefined || by === undefined) return [];
    const refuses = attributeOf(policy.root, 'continueOnError')?.text !== 'true';
    return [{ policy, by, conditions: conditionsOf(step), always, refuses }];
  };
  const headers = new Set(destinations.flatMap((one) => (one.kind === 'header' ? [one.header] : [])));
  return chainsOf(proxy, call).map(({ before, after }) => ({
    before: before.flatMap(checkOf),
    after: after
      .filter(isOnTheWay)
      .flatMap(checkOf)
      .filter((check) => !checksMinted(check, headers)),
  }));
}

function isOnTheWay({ step: { direction, section } }: RunStep): boolean {
  return direction === 'request' && section !== 'fault' && section !== 'client';
}

/** Undefined for a policy that does not check the caller. */
function checkBy({ kind, root }: BundlePolicy): CallerCheck | undefined {
  if (/^OAuthV[12]/.test(kind)) return oauthChecks.get(textIn(root, 'Operation') ?? '');
  return checkingKinds.get(kind);
}

const checkingKinds: ReadonlyMap<string, CallerCheck> = new Map([
  ['VerifyAPIKey', 'asked'],
  ['VerifyJWT', 'jwt'],
  ['VerifyJWS', 'asked'],
  ['ValidateSAMLAssertion', 'asked'],
]);

const oauthChecks: ReadonlyMap<string, CallerCheck> = new Map([
  ['VerifyAccessToken', 'asked'],
  ['VerifyJWTAccessToken', 'jwt'],
]);

/** Whether a check after the policy reads another token than the caller's: one from a variable, or the minted one. */
function checksMinted({ policy: { kind, root } }: Check, headers: ReadonlySet<string>): boolean {
  if (!/^VerifyJW[ST]$/.test(kind)) return false;
  const read = callersToken.exec(sourceOf(root));
  return read === null || headers.has(read[1]?.toLowerCase() ?? '');
}

const callersToken = /^(?:request|message)\.(?:header\.([^.]+)|queryparam\..+)$/;

function sourceOf(root: BundlePolicy['root']): string {
  return textIn(root, 'Source') ?? 'request.header.authorization';
}

/** @param ways the checks of each way that leads to the policy */
function knownIn(ways: readonly (readonly Check[])[]): KnownCallers {
  const refusing = ways.map((checks) => checks.filter(({ refuses }) => refuses));
  if (refusing.length > 0 && refusing.every((checks) => checks.some(({ always }) => always))) return 'all';
  return refusing.some((checks) => checks.length > 0) ? 'some' : 'none';
}

function checkFact({ policy: { kind, name }, conditions }: Check): string {
  const when = conditions.length === 0 ? ' in one of the flows' : `, when ${conditions.join(' and ')}`;
  return oneLine(`${kind} ${name} runs${when}`);
}

const consequences: Readonly<Record<KnownCallers, string>> = {
  all: 'so the entry has `requireCaller`',
  some: 'though not for every request',
  none: 'and let requests without one go on',
};

function checkNote({ place }: BundledPolicy, found: readonly Check[], known: KnownCallers): Reason {
  const names = found.map(({ policy }) => `${policy.kind} ${policy.name} in ${policy.file}`).join(', ');
  const message = oneLine(
    `On the gateway ${names} checked the caller, ${consequences[known]}. Here Envoy must check it.`,
  );
  const suggestion = checkedByEnvoy(found.map(({ by }) => by));
  return reason('note', 'import.caller', place, { message, suggestion });
}

/** Whose claims the policy reads as `jwt.NAME.claim.…`. */
function verifierOf(policy: BundledPolicy, chains: readonly (readonly Check[])[]): Omit<ExportedCallers, 'issuers'> {
  const names = [
    ...new Set(tokenVariables(policy).flatMap((name) => (claim.test(name) ? (policyInName(name) ?? []) : []))),
  ];
  const [only, ...others] = names;
  if (only === undefined) return { entry: {}, reasons: [] };
  const facts = names.map((name) => verifierFact(name, policy));
  const isKnown =
    others.length === 0 &&
    chains.every((chain) => chain.some((one) => one.always && one.refuses && isCallersToken(one, only)));
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
  return policy.kind === 'VerifyJWT' && policy.name === name && callersToken.test(sourceOf(policy.root));
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
