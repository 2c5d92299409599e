/**
 * @module
 * What kgateway makes of the objects that `mintproc gen kgateway` writes, as Envoy's configuration. It follows
 * `pkg/kgateway/extensions2/plugins` of that project: `trafficpolicy/gateway_extension.go` and `extproc_policy.go`,
 * `listenerpolicy/http.go`, `backendconfigpolicy/`, and `pkg/kgateway/translator/irtranslator/fc.go`.
 *
 * A backend by name becomes one at the loopback address, as a DNS server of the cluster would answer.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import type { Manifest } from './envoy-gateway-objects.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the translation reads of the objects; anything else in them is an error of the test. */
export interface KgatewayObjects {
  readonly backend: { readonly static: { readonly hosts: readonly [{ readonly port: number }] } };
  readonly settings: BackendSettings;
  readonly processor: Processor;
  readonly http: HttpSettings;
}

interface BackendSettings {
  readonly connectTimeout: string;
  readonly circuitBreakers: Readonly<Record<'maxConnections' | 'maxPendingRequests' | 'maxRequests', number>>;
  readonly tls?: {
    readonly sni: string;
    readonly verifySubjectAltNames: readonly string[];
    readonly parameters: { readonly minVersion: '1.3'; readonly maxVersion: '1.3' };
    readonly alpnProtocols: readonly string[];
    readonly simpleTLS?: boolean;
  };
}

interface Processor {
  readonly messageTimeout: string;
  readonly failOpen: boolean;
  readonly processingMode: Readonly<
    Record<
      | 'requestHeaderMode'
      | 'responseHeaderMode'
      | 'requestBodyMode'
      | 'responseBodyMode'
      | 'requestTrailerMode'
      | 'responseTrailerMode',
      string
    >
  >;
  readonly metadataOptions?: { readonly forwarding: { readonly untyped: readonly string[] } };
}

interface HttpSettings {
  readonly pathWithEscapedSlashesAction: 'RejectRequest';
  readonly normalizePath: boolean;
  readonly mergeSlashes: boolean;
  readonly earlyRequestHeaderModifier?: { readonly remove: readonly string[] };
  readonly forwardClientCertDetails?: { readonly mode: 'SanitizeSet' };
}

export function readKgatewayObjects(manifests: readonly Manifest[]): KgatewayObjects {
  const spec = (kind: string): Json => {
    const found = manifests.find((manifest) => manifest.kind === kind)?.spec;
    if (found === undefined) throw new Error(`there is no ${kind}`);
    return found;
  };
  const { extensionRef } = spec('TrafficPolicy')['extProc'] as { extensionRef: { name: string } };
  if (extensionRef.name !== 'mintproc') throw new Error('the TrafficPolicy names another extension');
  const { httpSettings } = spec('ListenerPolicy')['default'] as { httpSettings: HttpSettings };
  return {
    backend: spec('Backend') as unknown as KgatewayObjects['backend'],
    settings: spec('BackendConfigPolicy') as unknown as BackendSettings,
    processor: spec('GatewayExtension')['extProc'] as Processor,
    http: httpSettings,
  };
}

const clusterName = 'backend_default_mintproc_0';
export const kgatewayFilter = 'ext_proc/default/mintproc';

/** @param tlsFiles the folder with the files of the Secret: `ca.crt`, `tls.crt`, `tls.key` */
export function applyKgatewayObjects(config: EnvoyConfig, objects: KgatewayObjects, tlsFiles: string): void {
  const clusters = config.get(['static_resources', 'clusters']) as readonly unknown[];
  config.set(['static_resources', 'clusters'], [...clusters, cluster(objects, tlsFiles)]);
  const settings = Object.entries(managerOf(objects.http));
  for (const [key, value] of settings) config.set([...config.connectionManager, key], value);
  const place = [...config.connectionManager, 'http_filters'];
  const filters = config.get(place) as readonly unknown[];
  config.set(place, [...filters.slice(0, -1), composite(objects.processor), ...filters.slice(-1)]);
}

const types = 'type.googleapis.com/envoy.extensions.filters.http';

/** What the translation writes into each route that the policy targets. */
export const kgatewayRoute = {
  [kgatewayFilter]: { '@type': `${types}.ext_proc.v3.ExtProcPerRoute`, overrides: {} },
};

/** The place of the filter's own settings in the composite one. */
export const processorPath = [
  ...['xds_matcher', 'matcher_list', 'matchers', 0, 'on_match', 'action'],
  ...['typed_config', 'typed_config', 'typed_config'],
] as const;

/** The processor runs unless a route has set a mark in the metadata. */
function composite(processor: Processor): Json {
  const namespace = 'dev.kgateway.disable_ext_proc';
  return {
    name: kgatewayFilter,
    disabled: true,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher',
      extension_config: {
        name: 'composite_ext_proc',
        typed_config: { '@type': `${types}.composite.v3.Composite` },
      },
      xds_matcher: {
        matcher_list: {
          matchers: [
            {
              predicate: {
                single_predicate: {
                  input: {
                    name: 'disable',
                    typed_config: {
                      '@type':
                        'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput',
                      filter: namespace,
                      path: [{ key: 'disable' }],
                    },
                  },
                  custom_match: {
                    name: 'envoy.matching.matchers.metadata_matcher',
                    typed_config: {
                      '@type': 'type.googleapis.com/envoy.extensions.matching.input_matchers.metadata.v3.Metadata',
                      value: { bool_match: true },
                      invert: true,
                    },
                  },
                },
              },
              on_match: {
                action: {
                  name: 'composite-action',
                  typed_config: {
                    '@type': `${types}.composite.v3.ExecuteFilterAction`,
                    typed_config: { name: 'envoy.filters.http.ext_proc', typed_config: processorOf(processor) },
                  },
                },
              },
            },
          ],
        },
      },
    },
  };
}

function processorOf({ messageTimeout, failOpen, processingMode: mode, metadataOptions }: Processor): Json {
  return {
    '@type': `${types}.ext_proc.v3.ExternalProcessor`,
    grpc_service: { envoy_grpc: { cluster_name: clusterName } },
    failure_mode_allow: failOpen,
    message_timeout: messageTimeout,
    processing_mode: {
      request_header_mode: mode.requestHeaderMode,
      response_header_mode: mode.responseHeaderMode,
      request_body_mode: mode.requestBodyMode,
      response_body_mode: mode.responseBodyMode,
      request_trailer_mode: mode.requestTrailerMode,
      response_trailer_mode: mode.responseTrailerMode,
    },
    ...(metadataOptions === undefined
      ? {}
      : { metadata_options: { forwarding_namespaces: { untyped: metadataOptions.forwarding.untyped } } }),
  };
}

function managerOf(http: HttpSettings): Json {
  const { remove = [] } = http.earlyRequestHeaderModifier ?? {};
  const extension = {
    name: 'envoy.http.early_header_mutation.header_mutation',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation',
      mutations: remove.map((name) => ({ remove: name })),
    },
  };
  return {
    use_remote_address: true,
    normalize_path: http.normalizePath,
    merge_slashes: http.mergeSlashes,
    path_with_escaped_slashes_action: { RejectRequest: 'REJECT_REQUEST' }[http.pathWithEscapedSlashesAction],
    forward_client_cert_details: http.forwardClientCertDetails === undefined ? 'SANITIZE' : 'SANITIZE_SET',
    ...(remove.length === 0 ? {} : { early_header_mutation_extensions: [extension] }),
  };
}

function cluster({ backend, settings }: KgatewayObjects, tlsFiles: string): Json {
  const { circuitBreakers, connectTimeout, tls } = settings;
  const [{ port }] = backend.static.hosts;
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  const protocols = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    name: clusterName,
    type: 'STATIC',
    connect_timeout: connectTimeout,
    load_assignment: { cluster_name: clusterName, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    circuit_breakers: {
      thresholds: [
        {
          max_connections: circuitBreakers.maxConnections,
          max_pending_requests: circuitBreakers.maxPendingRequests,
          max_requests: circuitBreakers.maxRequests,
        },
      ],
    },
    typed_extension_protocol_options: {
      [protocols]: {
        '@type': `type.googleapis.com/${protocols}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    ...(tls === undefined ? {} : { transport_socket: tlsSocket(tls, tlsFiles) }),
  };
}

function tlsSocket(tls: NonNullable<BackendSettings['tls']>, files: string): Json {
  const own = {
    certificate_chain: { filename: `${files}/tls.crt` },
    private_key: { filename: `${files}/tls.key` },
  };
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      sni: tls.sni,
      common_tls_context: {
        alpn_protocols: tls.alpnProtocols,
        tls_params: { tls_minimum_protocol_version: 'TLSv1_3', tls_maximum_protocol_version: 'TLSv1_3' },
        ...(tls.simpleTLS === true ? {} : { tls_certificates: [own] }),
        validation_context: {
          trusted_ca: { filename: `${files}/ca.crt` },
          match_typed_subject_alt_names: tls.verifySubjectAltNames.map((name) => ({
            san_type: 'DNS',
            matcher: { exact: name },
          })),
        },
      },
    },
  };
}
