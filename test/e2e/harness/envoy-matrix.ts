/**
 * @module
 * One Envoy with a cluster or a gRPC channel to the processor for each way to set up HTTP/2, and a route for each of
 * them in each processing mode.
 */
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import type { Combination } from '../../search/pairwise.ts';
import { addClusters, clusterTo, type Modes, routeTo } from './mode-proxy.ts';
import { extProc } from './policies.ts';

interface Windows {
  /** In bytes. */
  readonly stream: number;
  readonly connection: number;
}

/** What the connection's and the stream's windows are; undefined if Envoy decides. */
const windows: Readonly<Record<string, Windows | undefined>> = {
  '65,535 both': { stream: 65_535, connection: 65_535 },
  '64 KiB and 1 MiB': { stream: 65_536, connection: 1_048_576 },
  '1 MiB and 256 KiB': { stream: 1_048_576, connection: 262_144 },
  default: undefined,
};

const duplexRequest = { request_body_mode: 'FULL_DUPLEX_STREAMED', request_trailer_mode: 'SEND' };
const duplexResponse = {
  response_header_mode: 'SEND',
  response_body_mode: 'FULL_DUPLEX_STREAMED',
  response_trailer_mode: 'SEND',
};
const modes: Readonly<Record<string, Modes>> = {
  NONE: {},
  STREAMED: { request_body_mode: 'STREAMED' },
  FULL_DUPLEX_STREAMED: duplexRequest,
  'FULL_DUPLEX_STREAMED both ways': { ...duplexRequest, ...duplexResponse },
};

const tableSizes = [0, 1024, 4096] as const;
type Client = 'envoy_grpc' | 'google_grpc';
const clients: readonly Client[] = ['envoy_grpc', 'google_grpc'];

/** The least and the most bytes of a request's body. */
export const bodies: Readonly<Record<string, readonly [least: number, most: number]>> = {
  'no body': [0, 0],
  'small bodies': [1, 16_384],
  'bodies of a window': [60_000, 70_000],
  'large bodies': [200_000, 1_000_000],
  'bodies of every size': [0, 1_000_000],
};

export const factors = {
  client: clients,
  table: tableSizes,
  windows: Object.keys(windows),
  mode: Object.keys(modes),
  body: Object.keys(bodies),
} as const;

export type Case = Combination<typeof factors>;

export function describeCase({ client, table, windows: sizes, mode, body }: Case): string {
  return `${client}, hpack_table_size ${table}, windows ${sizes}, ${mode}, ${body}`;
}

export function pathOf({ client, table, windows: sizes, mode }: Omit<Case, 'body'>): string {
  return `/${[client, table, sizes, mode].join('-').replaceAll(/[^\w]+/g, '-')}`;
}

/** What Envoy counts where a conversation went wrong. */
export const troubles = [
  'downstream_rq_(idle_|max_duration_)?timeout',
  'ext_proc\\..*(failed|spurious|timeout|mismatch|rejected|half_closed)',
  '^cluster\\.h2-.*(timeout|error|overflow|connect_fail|reset|http2\\..*(flow_control|violation))',
  '^grpc\\.h2-.*(total_errors|streams_closed_[1-9])',
].join('|');

/** What tells more of a request that failed. */
export const signs = '^cluster\\.(h2-.*cx_destroy|upstream\\..*(reset|cx_destroy|timeout|connect_fail|none_healthy))';

/**
 * Seconds until Envoy gives a request up on which nothing moves: many times what a busy machine needs. The time-out of
 * a message does not hold where bodies go both ways, nor does the route's, which begins when the upstream has it all.
 */
const patience = 10;

export function configureMatrix(config: EnvoyConfig, processor: string): void {
  config.set([...extProc(config), 'message_timeout'], `${patience}s`);
  // Envoy resets a finished stream that the server has not ended within a second: a busy machine may be slower.
  config.set(['layered_runtime', 'layers', 0, 'static_layer', remoteCloseTimeout], 1000 * patience);
  // Nor is `envoy.yaml`'s second for a connection always enough.
  config.set([...config.cluster('upstream'), 'connect_timeout'], `${patience}s`);
  config.set([...config.connectionManager, 'stream_idle_timeout'], `${patience}s`);
  const pairs = tableSizes.flatMap((table) => factors.windows.map((sizes) => ({ table, windows: sizes })));
  const clusters = pairs.map((pair) => clusterTo(nameOf(pair), processor, http2Options(pair)));
  addClusters(config, clusters);
  const routes = pairs.flatMap((pair) =>
    clients.flatMap((client) =>
      factors.mode.map((mode) => {
        const path = pathOf({ ...pair, client, mode });
        const overrides = { grpc_service: grpcService(client, pair, processor) };
        return routeTo({ name: path.slice(1), modes: modes[mode] ?? {}, overrides });
      }),
    ),
  );
  config.set(config.route.slice(0, -1), routes);
}

const remoteCloseTimeout = 'envoy.filters.http.ext_proc.remote_close_timeout_milliseconds';

type Http2 = Pick<Case, 'table' | 'windows'>;

function nameOf({ table, windows: sizes }: Http2): string {
  return `h2-${table}-${sizes.replaceAll(/\W+/g, '-')}`;
}

function http2Options({ table, windows: sizes }: Http2): object {
  const sized = windows[sizes];
  const own = sized && { initial_stream_window_size: sized.stream, initial_connection_window_size: sized.connection };
  return { hpack_table_size: table, ...own };
}

function grpcService(client: Client, pair: Http2, processor: string): object {
  if (client === 'envoy_grpc') return { envoy_grpc: { cluster_name: nameOf(pair) } };
  const google_grpc = {
    target_uri: processor,
    stat_prefix: nameOf(pair),
    channel_args: { args: Object.fromEntries(channelArguments(pair)) },
  };
  return { google_grpc };
}

/** gRPC's own client makes the connection's window out of the streams'; it grows none where it does not probe. */
function* channelArguments({ table, windows: sizes }: Http2): Generator<[name: string, value: object]> {
  yield ['grpc.http2.hpack_table_size.decoder', { int_value: table }];
  const sized = windows[sizes];
  if (sized === undefined) return;
  yield ['grpc.http2.bdp_probe', { int_value: 0 }];
  yield ['grpc.http2.lookahead_bytes', { int_value: sized.stream }];
}
