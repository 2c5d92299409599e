/**
 * @module
 * Which policy of the gateway authenticated the caller, so that `authentication` is the same object here.
 */
import { called } from '../../../diagnostics/harmless.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import type { CallerKind, KnownCallers } from '../../../expressions/caller-objects.ts';
import type { MemberRead } from '../../../expressions/member-reads.ts';
import { callerIssuer } from '../../caller-issuer.ts';
import { reason } from '../../export-reasons.ts';
import { type CallerIssuer, Open } from '../../exported.ts';
import { type CallerCheck, checkedByEnvoy, requiredCaller } from '../../required-caller.ts';
import { field } from '../carriers.ts';
import { type AppliedPolicy, placeIn } from './documents.ts';
import type { Findings } from './findings.ts';
import type { Authenticating, Neighbour } from './neighbours.ts';

export interface FoundCaller extends Findings {
  readonly issuers: readonly CallerIssuer[];
  /** Undefined if the policy does not read the caller, or if the export does not say who authenticated it. */
  readonly as: CallerKind | undefined;
}

/** @param place of the policy */
export function callerOf(reads: readonly MemberRead[], neighbours: readonly Neighbour[], place: Place): FoundCaller {
  const found = neighbours.flatMap(({ policy, role, isBefore, runsAlways }) =>
    role.kind === 'authentication' ? [{ policy, as: role.as, isBefore, runsAlways, place: placeOf(policy) }] : [],
  );
  const notes = found.map((one) =>
    reason('note', 'flex.caller', one.place, {
      message: `${called('The policy', one.policy.carried.policy)} authenticated the callers on the gateway.`,
      suggestion: ['Let a filter of Envoy before mintproc do that.', checkedByEnvoy(checksOf[one.as])].join(' '),
    }),
  );
  const issuers = found.flatMap(({ policy, as }) => (as === 'jwt-validation' ? [issuerOf(policy)] : []));
  const unsure = found.filter(({ runsAlways }) => !runsAlways).map(checkFact);
  const known = found.length === 0 ? 'none' : unsure.length < found.length ? 'all' : 'some';
  const { entry: required, reasons } = requiredCaller(known, place, unsure);
  if (!reads.some(({ input }) => input === 'authentication')) {
    return { reasons: [...notes, ...reasons], entry: required, undecided: [], issuers, as: undefined };
  }
  const kinds = new Set(found.filter(({ isBefore }) => isBefore !== false).map(({ as }) => as));
  // A contract's tier is also known beside the policy that authenticates.
  if (kinds.size > 1) kinds.delete('client-id');
  const [as, ...others] = kinds;
  if (as !== undefined && others.length === 0) {
    return {
      reasons: [...notes, ...reasons],
      entry: { authentication: { as }, ...required },
      undecided: [],
      issuers,
      as,
    };
  }
  const facts = found.map((one) => `${called('The policy', one.policy.carried.policy)}, ${placeText(one.place)}`);
  const open = new Open(whichPolicy, facts);
  const message =
    as === undefined
      ? 'The policy reads `authentication`, and the export has no policy before it that authenticates the caller.'
      : 'The policy reads `authentication`, and several policies of the export authenticate the caller.';
  return {
    reasons: [...notes, ...reasons, reason('value', 'flex.caller', place, { message, suggestion: whichPolicy })],
    entry: { authentication: { as: open }, ...required },
    undecided: [],
    issuers,
    as: undefined,
  };
}

const checksOf: Readonly<Record<Authenticating, readonly CallerCheck[]>> = {
  'jwt-validation': ['jwt'],
  introspection: ['asked'],
  'openid-connect': ['jwt', 'asked'],
  basic: ['asked'],
  'client-id': ['asked'],
};

function checkFact({ policy, place }: { readonly policy: AppliedPolicy; readonly place: Place }): string {
  return [called('The policy', policy.carried.policy), placeText(place), 'is for some of the requests'].join(', ');
}

/** JWT Validation compares the audience if `validateAudClaim` is true, and `iss` like any other claim. */
function issuerOf({ carried, in: within }: AppliedPolicy): CallerIssuer {
  const config = carried.config.reduce<unknown>(field, within.document.value);
  const claims = field(config, 'mandatoryCustomClaims');
  const issuer = (Array.isArray(claims) ? claims : []).find((claim) => field(claim, 'key') === 'iss');
  return callerIssuer({
    issuer: field(config, 'validateCustomClaim') === true ? field(issuer, 'value') : undefined,
    audience: field(config, 'validateAudClaim') === true ? field(config, 'supportedAudiences') : undefined,
    jwks: field(config, 'jwksUrl'),
  });
}

const whichPolicy =
  'Write which policy authenticated the caller on the gateway: jwt-validation, introspection, openid-connect, basic or client-id. Remove `authentication` if none did.';

function placeOf({ in: within, carried }: Neighbour['policy']): Place {
  return placeIn(within, carried.nameAt);
}

/** What mintproc knows of the caller if the configuration says nothing else: the token that jwt_authn verified. */
export function knownByDefault(as: CallerKind): KnownCallers {
  const facts = new Map([
    ['user', 'the claim sub'],
    ['clientId', 'the claim client_id'],
    ['claims', 'all claims'],
  ] as const);
  return { from: 'jwt_authn', as, facts, claims: undefined };
}

const defaultClientId = /^#\[\s*vars\.claimSet\.client_id\s*\]$/;

/** Whether JWT Validation finds the ID of the client elsewhere than by default. */
export function hasOwnClientId({ policy, role }: Neighbour): boolean {
  if (role.kind !== 'authentication' || role.as !== 'jwt-validation') return false;
  const { carried, in: within } = policy;
  const expression = field(carried.config.reduce<unknown>(field, within.document.value), 'clientIdExpression');
  return typeof expression === 'string' && !defaultClientId.test(expression);
}
