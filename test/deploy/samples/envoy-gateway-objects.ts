/**
 * @module
 * What Envoy Gateway 1.9 makes of the objects that `mintproc gen envoy-gateway` writes, as Envoy's configuration. It
 * follows `internal/xds/translator` of that version: `extproc.go`, `extauth.go`, `httpfilters.go`, `listener.go`,
 * `header_mutation.go`, `cluster.go`.
 *
 * A Backend by name becomes one at the loopback address, as a DNS server of the cluster would answer.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { type ExtAuth, extAuthFilter, extAuthOnRoute } from './authz-parts.ts';

type Json = Readonly<Record<string, unknown>>;

interface Endpoint {
  readonly unix?: { readonly path: string };
  readonly fqdn?: { readonly port: number };
}

/** What the translation reads of the objects; anything else in them is an error of the test. */
export interface GatewayObjects {
  readonly backend: { readonly endpoints: readonly [Endpoint]; readonly tls?: BackendTls };
  readonly tlsPolicy: { readonly validation: { readonly hostname: string } } | undefined;
  /** Of the policy that calls mintproc. */
  readonly settings: BackendSettings;
  readonly filter: Json;
  /** What the policy writes into each route that it targets. */
  readonly onRoute: Json;
  readonly filterOrder: readonly { readonly name: string; readonly after: string }[];
  readonly traffic: Traffic;
  readonly patches: readonly { readonly operation: { readonly path: string; readonly value: object } }[];
}

interface BackendTls {
  readonly minVersion: '1.3';
  readonly maxVersion: '1.3';
  readonly clientCertificateRef?: object;
}

interface BackendSettings {
  readonly circuitBreaker: Readonly<Record<'maxConnections' | 'maxPendingRequests' | 'maxParallelRequests', number>>;
  readonly timeout: { readonly tcp: { readonly connectTimeout: string } };
}

interface Processor {
  readonly backendSettings: BackendSettings;
  readonly messageTimeout: string;
  readonly failOpen: boolean;
  readonly processingMode: { readonly request?: { readonly attributes?: readonly string[] } };
  readonly metadata?: {
    readonly accessibleNamespaces?: readonly string[];
    readonly writableNamespaces?: readonly string[];
  };
}

interface Traffic {
  readonly path: { readonly escapedSlashesAction: 'RejectRequest'; readonly disableMergeSlashes: boolean };
  readonly headers: {
    readonly withUnderscoresAction: 'DropHeader';
    readonly earlyRequestHeaders?: {
      readonly remove?: readonly string[];
      readonly removeOnMatch?: readonly { readonly type: 'RegularExpression'; readonly value: string }[];
    };
    readonly xForwardedClientCert?: { readonly mode: 'SanitizeSet'; readonly certDetailsToAdd: readonly string[] };
  };
}

export interface Manifest {
  readonly kind: string;
  readonly spec: Json;
}

export function readObjects(manifests: readonly Manifest[]): GatewayObjects {
  const spec = (kind: string): Json | undefined => manifests.find((manifest) => manifest.kind === kind)?.spec;
  return {
    backend: spec('Backend') as unknown as GatewayObjects['backend'],
    tlsPolicy: spec('BackendTLSPolicy') as unknown as GatewayObjects['tlsPolicy'],
    ...calledBy(spec('EnvoyExtensionPolicy'), spec('SecurityPolicy')),
    filterOrder: spec('EnvoyProxy')?.['filterOrder'] as GatewayObjects['filterOrder'],
    traffic: spec('ClientTrafficPolicy') as unknown as Traffic,
    patches: spec('EnvoyPatchPolicy')?.['jsonPatches'] as GatewayObjects['patches'],
  };
}

function calledBy(extension: Json | undefined, security: Json | undefined) {
  if (extension !== undefined) {
    const { extProc } = extension as unknown as { extProc: readonly [Processor] };
    return { settings: extProc[0].backendSettings, filter: filterOf(extProc[0]), onRoute: enabledOnRoute };
  }
  const { extAuth } = security as unknown as {
    extAuth: ExtAuth & { readonly grpc: { readonly backendSettings: BackendSettings } };
  };
  return {
    settings: extAuth.grpc.backendSettings,
    filter: extAuthFilter(extAuth, clusterName),
    onRoute: extAuthOnRoute(extAuth),
  };
}

const clusterName = 'mintproc/default/0';
export const gatewayFilter = `envoy.filters.http.ext_proc/${clusterName}`;

/** @param tlsFiles the folder with the files that the objects name: `ca.crt`, `tls.crt`, `tls.key` */
export function applyObjects(config: EnvoyConfig, objects: GatewayObjects, tlsFiles: string): void {
  const { filter, filterOrder, traffic, patches } = objects;
  const clusters = config.get(['static_resources', 'clusters']) as readonly unknown[];
  config.set(['static_resources', 'clusters'], [...clusters, cluster(objects, tlsFiles)]);
  for (const [key, value] of Object.entries(managerOf(traffic))) config.set([...config.connectionManager, key], value);
  const place = [...config.connectionManager, 'http_filters'];
  const filters = config.get(place) as readonly Named[];
  const patched = patches.map(({ operation }) => {
    if (operation.path !== '/0') throw new Error(`a patch at ${operation.path} is not looked at here`);
    return operation.value;
  });
  config.set(place, [...patched, ...inOrder([...filters, filter as unknown as Named], filterOrder)]);
  config.set([...config.route, 'typed_per_filter_config'], objects.onRoute);
}

interface Named {
  readonly name: string;
}

/** The filters that are looked at here, by `newOrderedHTTPFilter`. */
const defaultOrder = ['ext_authz', 'jwt_authn', 'ext_proc', 'rbac', 'router'].map(
  (name) => `envoy.filters.http.${name}`,
);

/** `sortHTTPFilters`: the default order, and then each entry moves its filter, if the other one is there. */
function inOrder(filters: readonly Named[], filterOrder: GatewayObjects['filterOrder']): readonly Named[] {
  const typeOf = ({ name }: Named): string => name.replace(/\/.*/, '');
  const rank = (one: Named): number => {
    const found = defaultOrder.indexOf(typeOf(one));
    if (found === -1) throw new Error(`the place of ${one.name} is not known here`);
    return found;
  };
  let sorted = [...filters].sort((one, other) => rank(one) - rank(other));
  for (const { name, after } of filterOrder) {
    const moved = sorted.filter((one) => typeOf(one) === name);
    const others = sorted.filter((one) => typeOf(one) !== name);
    const at = others.findLastIndex((one) => typeOf(one) === after);
    if (at !== -1) sorted = others.toSpliced(at + 1, 0, ...moved);
  }
  return sorted;
}

/** What the translation writes into each route that the policy targets. */
const enabledOnRoute = {
  [gatewayFilter]: { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', config: {} },
};

function filterOf({ messageTimeout, failOpen, processingMode, metadata }: Processor): Json {
  const { accessibleNamespaces: forwarded, writableNamespaces: received } = metadata ?? {};
  return {
    name: gatewayFilter,
    disabled: true,
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor',
      grpc_service: { envoy_grpc: { cluster_name: clusterName, authority: 'mintproc.default' }, timeout: '10s' },
      processing_mode: {
        request_header_mode: processingMode.request === undefined ? 'SKIP' : 'SEND',
        response_header_mode: 'SKIP',
        request_body_mode: 'NONE',
        response_body_mode: 'NONE',
        request_trailer_mode: 'SKIP',
        response_trailer_mode: 'SKIP',
      },
      failure_mode_allow: failOpen,
      message_timeout: messageTimeout,
      ...(processingMode.request?.attributes === undefined
        ? {}
        : { request_attributes: processingMode.request.attributes }),
      ...(metadata === undefined
        ? {}
        : {
            metadata_options: {
              ...(forwarded === undefined ? {} : { forwarding_namespaces: { untyped: forwarded } }),
              ...(received === undefined ? {} : { receiving_namespaces: { untyped: received } }),
            },
          }),
    },
  };
}

function managerOf({ path, headers }: Traffic): Json {
  const { remove = [], removeOnMatch = [] } = headers.earlyRequestHeaders ?? {};
  const mutations = [
    ...remove.map((name) => ({ remove: name })),
    ...removeOnMatch.map(({ value }) => ({ remove_on_match: { key_matcher: { safe_regex: { regex: value } } } })),
  ];
  const type = 'type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation';
  const extension = {
    name: 'envoy.http.early_header_mutation.header_mutation',
    typed_config: { '@type': type, mutations },
  };
  return {
    use_remote_address: true,
    normalize_path: true,
    merge_slashes: !path.disableMergeSlashes,
    path_with_escaped_slashes_action: { RejectRequest: 'REJECT_REQUEST' }[path.escapedSlashesAction],
    common_http_protocol_options: {
      headers_with_underscores_action: { DropHeader: 'DROP_HEADER' }[headers.withUnderscoresAction],
    },
    forward_client_cert_details: headers.xForwardedClientCert === undefined ? 'SANITIZE' : 'SANITIZE_SET',
    ...(mutations.length === 0 ? {} : { early_header_mutation_extensions: [extension] }),
  };
}

function cluster({ backend, tlsPolicy, settings }: GatewayObjects, tlsFiles: string): Json {
  const { circuitBreaker, timeout } = settings;
  const [{ unix, fqdn }] = backend.endpoints;
  const address =
    unix === undefined ? { socket_address: { address: '127.0.0.1', port_value: fqdn?.port } } : { pipe: unix };
  const protocols = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    name: clusterName,
    type: 'STATIC',
    connect_timeout: timeout.tcp.connectTimeout,
    load_assignment: { cluster_name: clusterName, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    circuit_breakers: {
      thresholds: [
        {
          max_connections: circuitBreaker.maxConnections,
          max_pending_requests: circuitBreaker.maxPendingRequests,
          max_requests: circuitBreaker.maxParallelRequests,
          max_retries: 1024,
        },
      ],
    },
    typed_extension_protocol_options: {
      [protocols]: {
        '@type': `type.googleapis.com/${protocols}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    ...(tlsPolicy === undefined
      ? {}
      : { transport_socket: tlsSocket(tlsPolicy.validation.hostname, backend.tls, tlsFiles) }),
  };
}

function versionsOf({ minVersion, maxVersion }: BackendTls): Json {
  const written = (version: string): string => `TLSv${version.replace('.', '_')}`;
  return {
    tls_minimum_protocol_version: written(minVersion),
    tls_maximum_protocol_version: written(maxVersion),
  };
}

function tlsSocket(hostname: string, tls: BackendTls | undefined, files: string): Json {
  const own = {
    certificate_chain: { filename: `${files}/tls.crt` },
    private_key: { filename: `${files}/tls.key` },
  };
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
      sni: hostname,
      common_tls_context: {
        alpn_protocols: ['h2'],
        ...(tls?.clientCertificateRef === undefined ? {} : { tls_certificates: [own] }),
        ...(tls === undefined ? {} : { tls_params: versionsOf(tls) }),
        validation_context: {
          trusted_ca: { filename: `${files}/ca.crt` },
          match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: hostname } }],
        },
      },
    },
  };
}
