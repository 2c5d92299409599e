/**
 * @module
 * What the sources of the caller read of a request: Envoy's attributes, namespaces of metadata, and trusted headers.
 */

import { extAuthzNamespace, jwtAuthnNamespace } from './authentication.ts';
import type { AuthenticationSettings, FactForm, IdentitySource } from './authentication-schema.ts';
import { certificateAttributes } from './connection-certificate.ts';

interface SourceReads {
  readonly attributes: readonly string[];
  readonly namespaces: readonly string[];
}

/** In the order of the sources. */
export function sourceReads({ sources }: AuthenticationSettings): SourceReads {
  return {
    attributes: [...new Set(sources.flatMap(attributesOf))],
    namespaces: [...new Set(sources.flatMap(namespacesOf))],
  };
}

/** The headers that a client must not set itself, in lower case. */
export function trustedHeaders({ sources }: AuthenticationSettings): readonly string[] {
  return [...new Set(sources.flatMap(headersOf).map((name) => name.toLowerCase()))];
}

/** The header with the certificate that a proxy verified. */
export const forwardedCertificateHeader = 'x-forwarded-client-cert';

/** Those of the trusted headers that hold the caller's own token: a client sends them. In lower case. */
export function callerTokenHeaders({ sources }: AuthenticationSettings): readonly string[] {
  const named = sources.flatMap(({ jwt }) => {
    if (typeof jwt === 'string') return [jwt];
    return jwt !== undefined && 'header' in jwt ? [jwt.header] : [];
  });
  return [...new Set(named.map((name) => name.toLowerCase()))];
}

function attributesOf({ from }: IdentitySource): readonly string[] {
  return from === 'certificate' ? certificateAttributes : [];
}

function namespacesOf(source: IdentitySource): readonly string[] {
  return [...ownNamespace(source), ...factsOf(source).flatMap((fact) => ('metadata' in fact ? [fact.metadata] : []))];
}

function ownNamespace(source: IdentitySource): readonly string[] {
  switch (source.from) {
    case 'jwt_authn':
      return [jwtAuthnNamespace];
    case 'ext_authz':
      return [extAuthzNamespace];
    case 'metadata':
      return [source.namespace];
    case 'certificate':
    case 'peer':
    case 'payload_header':
    case 'headers':
      return [];
  }
}

function headersOf(source: IdentitySource): readonly string[] {
  const ofFacts = factsOf(source).flatMap((fact) => ('header' in fact ? [fact.header] : []));
  switch (source.from) {
    case 'headers': {
      const { principal, clientId, clientName, slaId, jwt, properties = {} } = source;
      const named = [principal, clientId, clientName, slaId, jwt, ...Object.values(properties)];
      return named.flatMap((name) => name ?? []);
    }
    case 'certificate':
      return source.trustForwardedClientCert ? [forwardedCertificateHeader, ...ofFacts] : ofFacts;
    case 'payload_header':
      return [source.header, ...ofFacts];
    case 'peer':
    case 'jwt_authn':
    case 'ext_authz':
    case 'metadata':
      return ofFacts;
  }
}

type PlacedFact = Extract<FactForm, { header: string } | { metadata: string }>;

/** The facts that are in other places than the claims. */
function factsOf(source: IdentitySource): readonly PlacedFact[] {
  if (source.from === 'headers') return [];
  const { principal, clientId, clientName, slaId, jwt } = source;
  return [principal, clientId, clientName, slaId, jwt].filter(isPlaced);
}

function isPlaced(form: FactForm): form is PlacedFact {
  return typeof form === 'object' && ('header' in form || 'metadata' in form);
}
