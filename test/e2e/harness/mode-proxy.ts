/**
 * @module
 * A real Envoy in front of a server of this process: one route for each processing mode, and the project's own
 * `envoy.yaml` for everything else.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { startLoneEnvoy } from './lone-envoy.ts';
import { extProc, trailersFilter } from './policies.ts';

/** Envoy's `processing_mode`, as far as it differs from sending request headers alone. */
export type Modes = Readonly<Record<string, string>>;

export interface ModeRoute {
  /** The path of the route, without its slash. */
  readonly name: string;
  readonly modes: Modes;
  /** Whether it leads to the gRPC upstream. */
  readonly grpc?: boolean;
}

export interface ModeProxyOptions {
  /** Where the server of this process listens. */
  readonly processor: string;
  readonly upstreamPort: number;
  /** The address of a gRPC server. */
  readonly grpcUpstream: string;
  readonly routes: readonly ModeRoute[];
  readonly observabilityMode?: boolean;
}

export interface ModeProxy extends AsyncDisposable {
  readonly port: number;
  /** The ext_proc counters that tell of a conversation gone wrong and have grown since the last look. */
  complaints(): Promise<string[]>;
}

/** A request with this header is answered with 403 by a filter that is before ext_proc. */
export const denyHeader = 'x-deny';

export async function startModeProxy(options: ModeProxyOptions): Promise<ModeProxy> {
  const { processor, upstreamPort } = options;
  const configureModes = (config: EnvoyConfig): void => configure(config, options);
  const envoy = await startLoneEnvoy({ processor, upstreamPort, configure: configureModes });
  return {
    port: envoy.port,
    complaints: () => envoy.grown('ext_proc.*(failed|spurious|timeouts|mismatch|rejected)'),
    [Symbol.asyncDispose]: () => envoy[Symbol.asyncDispose](),
  };
}

function configure(config: EnvoyConfig, { routes, grpcUpstream, observabilityMode }: ModeProxyOptions): void {
  if (observabilityMode === true) config.set([...extProc(config), 'observability_mode'], true);
  config.set([...config.connectionManager, 'http_protocol_options'], { enable_trailers: true });
  config.delete(config.filter(trailersFilter));
  const filters = [...config.connectionManager, 'http_filters'];
  config.set(filters, [denyingFilter, ...asList(config.get(filters))]);
  config.set(config.route.slice(0, -1), routes.map(routeOf));
  const upstream = [...config.cluster('upstream'), 'typed_extension_protocol_options', optionsName];
  config.set(upstream, protocolOptions({ http_protocol_options: { enable_trailers: true } }));
  addClusters(config, [clusterTo('grpc', grpcUpstream)]);
}

function routeOf({ name, modes, grpc = false }: ModeRoute): object {
  return grpc
    ? { ...routeTo({ name, modes, cluster: 'grpc' }), match: { prefix: '/grpc.' } }
    : routeTo({ name, modes });
}

export interface RouteOptions {
  /** Its path, without the slash. */
  readonly name: string;
  readonly modes: Modes;
  readonly cluster?: string;
  /** What else differs from the filter's own settings. */
  readonly overrides?: object;
}

export function routeTo({ name, modes, cluster = 'upstream', overrides }: RouteOptions): object {
  return {
    name,
    match: { path: `/${name}` },
    route: { cluster },
    typed_per_filter_config: {
      'envoy.filters.http.ext_proc': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
        overrides: { processing_mode: { response_header_mode: 'SKIP', ...modes }, ...overrides },
      },
    },
  };
}

const denyingFilter = {
  name: 'envoy.filters.http.rbac',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
    rules: {
      action: 'DENY',
      policies: {
        denied: { permissions: [{ any: true }], principals: [{ header: { name: denyHeader, present_match: true } }] },
      },
    },
  },
};

const optionsName = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

function protocolOptions(explicit: object): object {
  return { '@type': `type.googleapis.com/${optionsName}`, explicit_http_config: explicit };
}

export function addClusters(config: EnvoyConfig, clusters: readonly object[]): void {
  const place = ['static_resources', 'clusters'];
  config.set(place, [...asList(config.get(place)), ...clusters]);
}

/** A cluster that speaks HTTP/2. */
export function clusterTo(name: string, address: string, http2: object = {}): object {
  const [host = '', port] = address.split(':');
  const endpoint = { address: { socket_address: { address: host, port_value: Number(port) } } };
  return {
    name,
    type: 'STATIC',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    typed_extension_protocol_options: { [optionsName]: protocolOptions({ http2_protocol_options: http2 }) },
  };
}

function asList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError('envoy.yaml has no list here');
  return value;
}
