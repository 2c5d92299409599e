/**
 * @module
 * The caller's identity: the `authentication` part of the configuration, compiled to a function of a request.
 *
 * mintproc does not verify credentials. It trusts the dynamic metadata of Envoy's own filters, Envoy's attributes of
 * the TLS connection and, only if the configuration names them, request headers and the name of the TLS peer.
 */
import { isPlainName, plainNames } from '../diagnostics/harmless.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { type ObjectView, viewAt, viewOf } from '../request/object-view.ts';
import type { AuthenticationSettings, IdentitySource, IdentitySourceOf } from './authentication-schema.ts';
import { type CallerMapping, callerOf, type ReadClaims, type Source } from './caller.ts';
import { askInOrder, type CallerObserver, type Identify, sourceNames } from './caller-sources.ts';
import { claimMapping } from './claim-mapping.ts';
import { connectionCertificate } from './connection-certificate.ts';
import { forwardedCertificate } from './forwarded-certificate.ts';
import { identityHeaders } from './identity-headers.ts';
import { metadataPath } from './metadata-path.ts';
import { payloadHeader } from './payload-header.ts';
import { peerName } from './peer-name.ts';

/** Compiles the function that finds the caller of a request. */
export function makeIdentify({ sources }: AuthenticationSettings, observer?: CallerObserver): Identify {
  const names = sourceNames(sources);
  const asked = sources.map((source, index) => ({
    name: names[index] ?? '',
    as: source.as,
    find: compileSource(source),
  }));
  return askInOrder(asked, observer);
}

function compileSource(source: IdentitySource): Source {
  if (source.from === 'headers') return identityHeaders(source);
  return fromClaims(claimsReader(source), claimMapping(source));
}

function claimsReader(source: Exclude<IdentitySource, { from: 'headers' }>): ReadClaims {
  switch (source.from) {
    case 'jwt_authn':
      return verifiedToken(source);
    case 'ext_authz':
      return metadataAt(extAuthzNamespace, source.path);
    case 'metadata':
      return metadataAt(source.namespace, source.path);
    case 'certificate':
      return certificate(source);
    case 'peer':
      return peerName;
    case 'payload_header':
      return payloadHeader(source.header);
  }
}

/** Describes the claims that are joined into one string after Envoy has split them. */
export function describeJoined({ sources }: AuthenticationSettings): string {
  const named = new Set(sources.flatMap((source) => (source.from === 'jwt_authn' ? source.joinLists : [])));
  if (named.size === 0) return 'no claim';
  const others = [...named].some((name) => !isPlainName(name)) ? ' and others' : '';
  return `the claims ${plainNames(named)}${others} of jwt_authn, joined by spaces`;
}

function fromClaims(read: ReadClaims, mapping: CallerMapping): Source {
  return (request) => {
    const claims = read(request);
    return claims === undefined || claims.isEmpty ? undefined : callerOf(claims, mapping, request);
  };
}

function metadataAt(namespace: string, path: string | readonly string[] | undefined): ReadClaims {
  const whole = metadataPath(namespace, path);
  return (request) => viewAt(request.metadata, whole);
}

export const jwtAuthnNamespace = 'envoy.filters.http.jwt_authn';
export const extAuthzNamespace = 'envoy.filters.http.ext_authz';

function verifiedToken(source: IdentitySourceOf<'jwt_authn'>): ReadClaims {
  if (source.payload !== undefined) {
    // Not a dotted path: Istio uses the issuer, a URL, as the name of the payload.
    return metadataAt(jwtAuthnNamespace, [source.payload]);
  }
  return (request) => onlyPayload(request.metadata.view(jwtAuthnNamespace));
}

/**
 * The only payload in the filter's metadata. The filter may also write the token's header (`header_in_metadata`) and
 * why a token was refused (`failed_status_in_metadata`), under names that the operator chooses. Their members identify
 * both.
 */
function onlyPayload(metadata: ObjectView | undefined): ObjectView | undefined {
  if (metadata === undefined) return undefined;
  let payload: ObjectView | undefined;
  for (const name of metadata.names()) {
    const value = metadata.view(name);
    if (value === undefined || isFailedStatus(value) || isTokenHeader(value)) continue;
    if (payload !== undefined) {
      const message =
        'The metadata of jwt_authn contains several payloads; `payload` in the configuration must name one.';
      throw new MintError('identity.ambiguous', message);
    }
    payload = value;
  }
  return payload;
}

/** `google.rpc.Status` as Envoy writes it. */
function isFailedStatus(value: ObjectView): boolean {
  return (
    typeof value.get('code') === 'number' && typeof value.get('message') === 'string' && value.names().length === 2
  );
}

/** RFC 7515 section 4.1.1: a JWS header has `alg`. A payload may have it too, but also has a usual claim. */
function isTokenHeader(value: ObjectView): boolean {
  return typeof value.get('alg') === 'string' && !usualClaims.some((claim) => value.get(claim) !== undefined);
}

const usualClaims = ['iss', 'sub', 'aud', 'exp', 'iat'];

function certificate(source: IdentitySourceOf<'certificate'>): ReadClaims {
  const read = (request: IncomingRequest): JsonObject | undefined =>
    (source.trustForwardedClientCert ? forwardedCertificate(request.headers) : undefined) ??
    connectionCertificate(request);
  return (request) => {
    const found = read(request);
    return found && viewOf(found);
  };
}
