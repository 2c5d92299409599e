/**
 * @module
 * What the sources of the configuration can know, for checks and explanations at load.
 */
import type { CallerFact, CallerKind, KnownCallers } from '../expressions/caller-objects.ts';
import { callerObject } from '../expressions/caller-objects.ts';
import type { AuthenticationSettings, IdentitySource, IdentitySourceOf } from './authentication-schema.ts';
import type { CallerMapping } from './caller.ts';
import { sourceNames } from './caller-sources.ts';
import { claimMapping } from './claim-mapping.ts';
import { described } from './fact-source.ts';
import { headerFacts } from './identity-headers.ts';
import { peerMembers } from './peer-name.ts';

/** @param as the object that a policy's entry asks for; undefined: what each source says */
export function knownCallers({ sources }: AuthenticationSettings, as?: CallerKind): readonly KnownCallers[] {
  const names = sourceNames(sources);
  return sources.map((source, index) => {
    const kind = as ?? source.as;
    return { from: names[index] ?? source.from, as: kind, facts: factsOf(source, kind), claims: claimsOf(source) };
  });
}

function factsOf(source: IdentitySource, kind: CallerKind | undefined): ReadonlyMap<CallerFact, string> {
  return new Map(source.from === 'headers' ? fromHeaders(source) : fromClaims(claimMapping(source), kind));
}

function* fromHeaders(source: IdentitySourceOf<'headers'>): Generator<[CallerFact, string]> {
  for (const [fact, key] of headerFacts) {
    const header = source[key];
    if (header !== undefined) yield [fact, described('header', [header])];
  }
  yield ['claims', 'the headers of `properties`'];
}

function* fromClaims(mapping: CallerMapping, kind: CallerKind | undefined): Generator<[CallerFact, string]> {
  const isVendors = callerObject(kind) !== undefined;
  const sources = {
    user: mapping.principal,
    clientId: isVendors ? mapping.contractId : mapping.clientId,
    clientName: isVendors ? mapping.contractName : mapping.clientName,
    slaId: mapping.slaId,
    jwt: mapping.jwt,
  } as const;
  for (const fact of ['user', 'clientId', 'clientName', 'slaId', 'jwt'] as const) {
    const from = sources[fact].described;
    if (from !== undefined) yield [fact, from];
  }
  yield ['claims', 'all claims'];
}

const certificateClaims = ['subject', 'commonName', 'uri', 'dns', 'hash'];

function claimsOf(source: IdentitySource): readonly string[] | undefined {
  switch (source.from) {
    case 'headers':
      return Object.keys(source.properties ?? {});
    case 'certificate':
      return source.trustForwardedClientCert ? [...certificateClaims, 'by'] : certificateClaims;
    case 'peer':
      return peerMembers;
    case 'payload_header':
    case 'jwt_authn':
    case 'ext_authz':
    case 'metadata':
      return undefined;
  }
}
