/**
 * @module
 * Flex policies for the tests, as files, and changes to Envoy that several tests make.
 */
import { stringify } from 'yaml';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';

const jwtAuthn = 'envoy.filters.http.jwt_authn';

/** A policy that signs with HS256 and the secret of the vendor's example. */
export function hmacPolicy(claims: Readonly<Record<string, string>>): string {
  const config = {
    signingMethod: 'HS256',
    privateKey: hmacSecret,
    iat: true,
    exp: 300,
    nbf: 0,
    customClaims: Object.entries(claims).map(([name, value]) => ({ name, value })),
    customHeaders: [],
  };
  return stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]);
}

export const hmacSecret = 'my-secret-key';

/** Runs when asked to by the query `?fail=yes`, which makes it join an object to a text. */
export const failing = "#[if (attributes.queryParams.fail == 'yes') attributes.headers ++ 'x' else 'fine']";

/** Callers without a token of their own are let in. */
export function admitAnonymous(config: EnvoyConfig): void {
  const rule = [...config.filter(jwtAuthn), 'typed_config', 'rules', 0, 'requires'];
  config.set(rule, { requires_any: { requirements: [{ provider_name: 'demo' }, { allow_missing: {} }] } });
}

/** What takes the trailers of requests away. */
export const trailersFilter = 'envoy.filters.http.header_mutation';

/** Nothing but the sidecar looks at the caller's headers. */
export function withoutJwtAuthn(config: EnvoyConfig): void {
  config.delete(config.filter(jwtAuthn));
}

/** The settings of the ext_proc filter. */
export function extProc(config: EnvoyConfig): readonly (string | number)[] {
  return [...config.filter('envoy.filters.http.ext_proc'), 'typed_config'];
}

/** Envoy waits longer than any stall of a busy machine, for tests in which a request must not fail by its time. */
export function patient(config: EnvoyConfig): void {
  config.set([...extProc(config), 'message_timeout'], '20s');
  config.set([...extProc(config), 'grpc_service', 'timeout'], '20s');
}

/** Callers connect with certificates: `server.pem`, `server.key` and `ca.pem` lie beside `envoy.yaml`. */
export function requireCertificates(config: EnvoyConfig): void {
  config.set([...config.filterChain, 'transport_socket'], {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      require_client_certificate: true,
      common_tls_context: {
        tls_certificates: [{ certificate_chain: { filename: 'server.pem' }, private_key: { filename: 'server.key' } }],
        validation_context: { trusted_ca: { filename: 'ca.pem' } },
      },
    },
  });
}
