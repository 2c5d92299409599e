/**
 * @module
 * Which claims become which fields of the caller, by default and as a source says.
 */
import type { IdentitySource } from './authentication-schema.ts';
import type { CallerMapping } from './caller.ts';
import { factSource } from './fact-source.ts';

/** A source whose callers have claims. */
export type ClaimsSource = Exclude<IdentitySource, { from: 'headers' }>;

interface FieldNames {
  readonly principal: string | readonly string[];
  readonly clientId: string | readonly string[];
  readonly contractId: string | readonly string[];
  readonly clientName: string | readonly string[];
}

/**
 * `sub` is RFC 7519's, `client_id` RFC 9068's and RFC 7662's, `azp` OpenID Connect's; `cid` is Okta's, `clientId`
 * MuleSoft's. Flex Gateway's policies read `client_id` for the contract (the page "JWT Validation", Client ID
 * Expression). The name of the application is in the contract, not in a token, so it has no default there.
 */
const tokenClaims: FieldNames = {
  principal: 'sub',
  clientId: ['client_id', 'azp', 'cid', 'clientId'],
  contractId: 'client_id',
  clientName: ['client_name', 'name'],
};

/** Envoy's own rule for the name of a TLS peer (RBAC's `authenticated`): URI SAN, else DNS SAN, else the subject. */
const certificateClaims: FieldNames = {
  principal: ['uri', 'dns', 'subject'],
  clientId: [],
  contractId: [],
  clientName: [],
};

const peerClaims: FieldNames = { ...certificateClaims, principal: 'principal' };

export function claimMapping(source: ClaimsSource): CallerMapping {
  const byDefault = defaultsOf(source.from);
  return {
    principal: factSource(source.principal, byDefault.principal),
    clientId: factSource(source.clientId, byDefault.clientId),
    contractId: factSource(source.clientId, byDefault.contractId),
    clientName: factSource(source.clientName, byDefault.clientName),
    contractName: factSource(source.clientName, []),
    slaId: factSource(source.slaId, []),
    jwt: factSource(source.jwt, []),
    joined: source.from === 'jwt_authn' ? source.joinLists : [],
  };
}

function defaultsOf(from: ClaimsSource['from']): FieldNames {
  if (from === 'peer') return peerClaims;
  return from === 'certificate' ? certificateClaims : tokenClaims;
}
