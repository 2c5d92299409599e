/**
 * @module
 * Clusters in Envoy's own configuration: mintproc's, with its TLS and its limits, and plain ones.
 */
import { Flow, Noted, type Written } from '../documents/commented-yaml.ts';
import { type Address, isIpAddress } from '../net/address.ts';
import { isSpiffeId } from '../net/client-names.ts';
import type { EnvoyPart, EnvoyTls } from './envoy-part.ts';

const tlsType = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const protocols = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export function mintprocCluster({ address, tls }: EnvoyPart): Written {
  return {
    ...plainCluster('mintproc', address),
    typed_extension_protocol_options: {
      [protocols]: {
        '@type': `type.googleapis.com/${protocols}`,
        explicit_http_config: { http2_protocol_options: new Flow({}) },
      },
    },
    transport_socket: tls && tlsSocket(tls),
    circuit_breakers: new Noted(
      "Each request in flight is one stream here. Envoy's default limit of 1024 would refuse requests in a burst.",
      { thresholds: ['DEFAULT', 'HIGH'].map((priority) => new Flow({ priority, ...limits })) },
    ),
  };
}

/** mintproc serves it; `minVersion` in `tls` of mintproc.yaml may ask for it. */
const tls13 = { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' } as const;

/** Also the limits of other platforms. */
export const limits = { max_connections: 1024, max_pending_requests: 100_000, max_requests: 100_000 } as const;

export function plainCluster(name: string, address: Address): Readonly<Record<string, Written>> {
  const endpoint = new Flow({ address: envoyAddress(address) });
  return {
    name,
    type: address.kind === 'tcp' && !isIpAddress(address.host) ? 'STRICT_DNS' : 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  };
}

function envoyAddress(address: Address): object {
  if (address.kind === 'unix') return { pipe: { path: address.path } };
  return { socket_address: { address: address.host, port_value: address.port } };
}

/** Which names of a certificate Envoy compares with this one (`san_type`). */
function kindOf(name: string): 'DNS' | 'IP_ADDRESS' | 'URI' {
  if (isSpiffeId(name)) return 'URI';
  return isIpAddress(name) ? 'IP_ADDRESS' : 'DNS';
}

function tlsSocket({ name, folder, needsClientCertificate }: EnvoyTls): Written {
  const own = {
    certificate_chain: { filename: `${folder}/tls.crt` },
    private_key: { filename: `${folder}/tls.key` },
  };
  return new Noted('mintproc serves TLS (`tls` in mintproc.yaml).', {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': tlsType,
      sni: kindOf(name) === 'DNS' ? name : undefined,
      common_tls_context: {
        alpn_protocols: new Flow(['h2']),
        tls_params: new Noted('As a client, Envoy goes no higher than TLS 1.2 unless this says so.', new Flow(tls13)),
        tls_certificates: needsClientCertificate
          ? new Noted("Envoy's own certificate: mintproc requires one (`clientAuthorities`).", [new Flow(own)])
          : undefined,
        validation_context: {
          trusted_ca: new Flow({ filename: `${folder}/ca.crt` }),
          match_typed_subject_alt_names: [new Flow({ san_type: kindOf(name), matcher: { exact: name } })],
        },
      },
    },
  });
}

/** The server with the keys of the callers' issuer, for `jwt_authn`. */
export function issuerCluster({ hostname, port }: URL): Readonly<Record<string, Written>> {
  const name = new Flow({ san_type: kindOf(hostname), matcher: { exact: hostname } });
  return {
    ...plainCluster('issuer', { kind: 'tcp', host: hostname, port: port === '' ? 443 : Number(port) }),
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': tlsType,
        sni: kindOf(hostname) === 'DNS' ? hostname : undefined,
        common_tls_context: {
          tls_params: new Flow({ tls_maximum_protocol_version: 'TLSv1_3' }),
          validation_context: {
            trusted_ca: new Flow({ filename: '/etc/ssl/certs/ca-certificates.crt' }),
            match_typed_subject_alt_names: [name],
          },
        },
      },
    },
  };
}
