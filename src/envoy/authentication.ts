/**
 * @module
 * The filters that authenticate the caller, in Envoy's own configuration: proposals, since only the user knows the
 * issuer. They are written only if the configuration reads the caller from them.
 */
import { Flow, Noted, Proposed, type Written } from '../documents/commented-yaml.ts';
import { type EnvoyPart, extAuthz, jwtAuthn, namesOf } from './envoy-part.ts';

/** A host that stands for the issuer of the callers' tokens. */
export const issuerHost = 'issuer.example.com';

/** Entries for `http_filters`, before mintproc's own filter. */
export function proposedFilters(part: EnvoyPart): readonly Proposed[] {
  const namespaces = namesOf(part.reads.namespaces);
  if (namespaces.includes(jwtAuthn)) return [proposedJwtAuthn(part)];
  return namespaces.includes(extAuthz) ? [proposedExtAuthz] : [];
}

function proposedJwtAuthn({ payloads, readsCallerToken }: EnvoyPart): Proposed {
  const names = payloads.length === 0 ? ['payload'] : payloads;
  const providers = names.map((payload, index) => [
    providerName(index),
    {
      issuer: `https://${issuerHost}`,
      audiences: new Flow(['orders']),
      remote_jwks: {
        http_uri: new Flow({ uri: `https://${issuerHost}/.well-known/jwks.json`, cluster: 'issuer', timeout: '5s' }),
        cache_duration: '5m',
      },
      forward: readsCallerToken
        ? new Noted('A policy reads the token itself, so it stays until mintproc replaces it.', true)
        : undefined,
      payload_in_metadata: payload,
    },
  ]);
  const required = names.map((_, index) => ({ provider_name: providerName(index) }));
  const requires = required.length === 1 ? required[0] : { requires_any: { requirements: required } };
  return new Proposed(
    'The caller: mintproc reads the claims that this filter verified. Complete the provider and uncomment it, with ' +
      'the cluster `issuer` below. Without it every caller is unknown. The payload goes to mintproc as metadata, ' +
      `under the name \`payload_in_metadata\`; \`forwarding_namespaces\` below lists ${jwtAuthn}.`,
    {
      name: jwtAuthn,
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
        providers: Object.fromEntries(providers) as Record<string, Written>,
        rules: [new Flow({ match: { prefix: '/' }, requires })],
      },
    },
  );
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
