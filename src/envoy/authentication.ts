/**
 * @module
 * The filters that authenticate the caller, in Envoy's own configuration: proposals, unless the user says who the
 * issuer is. They are written only if the configuration reads the caller from them.
 */
import { Flow, Noted, Proposed, type Written } from '../documents/commented-yaml.ts';
import { issuerCluster } from './clusters.ts';
import { type EnvoyPart, extAuthz, jwtAuthn, namesOf } from './envoy-part.ts';
import type { Issuer, IssuerKeys } from './issuer.ts';
import { claimsHeader } from './reuse-script.ts';

/** Stands for the issuer of the callers' tokens. */
const example: Issuer = {
  name: 'https://issuer.example.com',
  audience: 'orders',
  keys: { kind: 'url', url: new URL('https://issuer.example.com/.well-known/jwks.json') },
};

/** What verifies the callers: complete if their issuer is known, else proposed. */
export interface CallerFilters {
  /** Entries for `http_filters`, before mintproc's own filter. */
  readonly filters: readonly Written[];
  readonly clusters: readonly Written[];
  /** Whether something is left to complete. */
  readonly isComplete: boolean;
}

export function callerFilters(part: EnvoyPart, issuer: Issuer | undefined): CallerFilters {
  const namespaces = namesOf(part.reads.namespaces);
  if (!namespaces.includes(jwtAuthn)) {
    return { filters: namespaces.includes(extAuthz) ? [proposedExtAuthz] : [], clusters: [], isComplete: true };
  }
  // Each payload has a provider of its own, and only one issuer was named.
  const isComplete = issuer !== undefined && part.payloads.length <= 1;
  const known = isComplete ? issuer : example;
  const filter = jwtAuthnFilter(part, known);
  const clusters = known.keys.kind === 'url' ? [issuerCluster(known.keys.url)] : [];
  if (isComplete) return { filters: [new Noted(verifies, filter)], clusters, isComplete };
  return {
    filters: [new Proposed(proposal, filter)],
    clusters: clusters.map((cluster) => new Proposed(clusterProposal, cluster)),
    isComplete,
  };
}

const verifies = `Verifies the callers' tokens. Their claims go to mintproc as metadata, from ${jwtAuthn}.`;
const proposal =
  'The caller: mintproc reads the claims that this filter verified. Complete the provider and uncomment it, with ' +
  'the cluster `issuer` below, or let `mintproc gen` do that: --issuer, --audience, --jwks. Without it every caller is ' +
  'unknown. The payload goes to mintproc as metadata, under the name `payload_in_metadata`; `forwarding_namespaces` ' +
  `below lists ${jwtAuthn}.`;
const clusterProposal = 'The server with the keys of the issuer, for jwt_authn above. Complete and uncomment:';

function jwtAuthnFilter({ payloads, readsCallerToken, reuse }: EnvoyPart, { name, audience, keys }: Issuer) {
  const names = payloads.length === 0 ? ['payload'] : payloads;
  const providers = names.map((payload, index) => [
    providerName(index),
    {
      issuer: name,
      audiences: audience === undefined ? undefined : new Flow([audience]),
      ...keySet(keys),
      forward: readsCallerToken
        ? new Noted('A policy reads the token itself, so it stays until mintproc replaces it.', true)
        : undefined,
      payload_in_metadata: payload,
      forward_payload_header:
        reuse?.key.caller.kind === 'token'
          ? new Noted('What kept tokens are filed under. The next filter takes it away again.', claimsHeader)
          : undefined,
    },
  ]);
  const required = names.map((_, index) => ({ provider_name: providerName(index) }));
  const requires = required.length === 1 ? required[0] : { requires_any: { requirements: required } };
  return {
    name: jwtAuthn,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
      providers: Object.fromEntries(providers) as Record<string, Written>,
      rules: [new Flow({ match: { prefix: '/' }, requires })],
    },
  };
}

function keySet(keys: IssuerKeys): Readonly<Record<string, Written>> {
  if (keys.kind === 'file') return { local_jwks: new Flow({ filename: keys.path }) };
  const uri = new Flow({ uri: keys.url.href, cluster: 'issuer', timeout: '5s' });
  return { remote_jwks: { http_uri: uri, cache_duration: '300s' } };
}

function providerName(index: number): string {
  return index === 0 ? 'callers' : `callers-${index + 1}`;
}

const proposedExtAuthz = new Proposed(
  'The caller: mintproc reads the metadata that the server of this filter returns. Complete the filter and uncomment ' +
    'it, and add the cluster of the server. Without it every caller is unknown.',
  {
    name: extAuthz,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
      transport_api_version: 'V3',
      grpc_service: { envoy_grpc: new Flow({ cluster_name: 'authorization' }), timeout: '1s' },
    },
  },
);
