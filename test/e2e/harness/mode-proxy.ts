/**
 * @module
 * A real Envoy in front of a server of this process: one route for each processing mode, and the project's own
 * `envoy.yaml` for everything else.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import { ask } from './client.ts';
import { extProc, withoutJwtAuthn } from './policies.ts';
import { envoyBinary, projectEnvoyConfig } from './stack.ts';

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

/** A request with this header is answered with 403 by a filter that stands before ext_proc. */
export const denyHeader = 'x-deny';

export async function startModeProxy(options: ModeProxyOptions): Promise<ModeProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-modes-'));
  const group = new ProcessGroup(folder);
  const [port, adminPort] = [await freePort(), await freePort()];
  const config = projectEnvoyConfig();
  config.setPort('listener', port);
  config.setPort('admin', adminPort);
  config.setPort('upstream', options.upstreamPort);
  config.setSidecar(options.processor);
  configure(config, options);
  writeFileSync(join(folder, 'envoy.yaml'), config.toString());
  const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1'];
  async function dispose(): Promise<void> {
    await group[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
  try {
    const envoy = await group.start({ name: 'envoy', file: await envoyBinary(), args, cwd: folder });
    await untilReady(envoy, () => isUp(`http://127.0.0.1:${adminPort}/ready`));
  } catch (error) {
    await dispose();
    throw error;
  }
  const known = new Set<string>();
  return {
    port,
    async complaints() {
      const { body } = await ask(adminPort, { path: '/stats?filter=ext_proc' });
      const bad = Array.from(
        body.matchAll(/^\S*(?:failed|spurious|timeouts|mismatch|rejected)\S*: [1-9]\d*$/gm),
        String,
      );
      const grown = bad.filter((line) => !known.has(line));
      for (const line of grown) known.add(line);
      return grown;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function configure(config: EnvoyConfig, { routes, grpcUpstream, observabilityMode }: ModeProxyOptions): void {
  withoutJwtAuthn(config);
  if (observabilityMode === true) config.set([...extProc(config), 'observability_mode'], true);
  config.set([...config.connectionManager, 'http_protocol_options'], { enable_trailers: true });
  const filters = [...config.connectionManager, 'http_filters'];
  config.set(filters, [denyingFilter, ...asList(config.get(filters))]);
  config.set(config.route.slice(0, -1), routes.map(routeOf));
  const upstream = [...config.cluster('upstream'), 'typed_extension_protocol_options', optionsName];
  config.set(upstream, protocolOptions({ http_protocol_options: { enable_trailers: true } }));
  const clusters = ['static_resources', 'clusters'];
  config.set(clusters, [...asList(config.get(clusters)), grpcCluster(grpcUpstream)]);
}

function routeOf({ name, modes, grpc = false }: ModeRoute): object {
  return {
    name,
    match: grpc ? { prefix: '/grpc.' } : { path: `/${name}` },
    route: { cluster: grpc ? 'grpc' : 'upstream' },
    typed_per_filter_config: {
      'envoy.filters.http.ext_proc': {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
        overrides: { processing_mode: { response_header_mode: 'SKIP', ...modes } },
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

function grpcCluster(address: string): object {
  const [host = '', port] = address.split(':');
  const endpoint = { address: { socket_address: { address: host, port_value: Number(port) } } };
  return {
    name: 'grpc',
    type: 'STATIC',
    load_assignment: { cluster_name: 'grpc', endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    typed_extension_protocol_options: { [optionsName]: protocolOptions({ http2_protocol_options: {} }) },
  };
}

function asList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError('envoy.yaml has no list here');
  return value;
}
