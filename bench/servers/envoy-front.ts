/**
 * @module
 * The Envoy in front of all measured servers: one process with one worker thread, a listener for each server, and one
 * without the filter for comparison. The filter sends what the project's `envoy.yaml` configures.
 *
 * Envoy answers by itself (`direct_response`), without an upstream. Verifying the caller's token would cost Envoy more
 * than everything else, so its claims come from `set_metadata`, under the name that `jwt_authn` uses.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { freePort } from '../../demo/ports.ts';
import type { ProcessGroup, Running } from '../../demo/process-group.ts';
import { isUp, untilReady } from '../../demo/readiness.ts';
import { plainFilter, useExtAuthz } from '../../test/e2e/harness/ext-authz.ts';

export interface Fronted {
  readonly name: string;
  /** Envoy's listener for it. */
  readonly port: number;
  /** The server's own address: `127.0.0.1:50051` or `unix:/path`. */
  readonly address: string;
  /** Default: ext_proc, as the project configures it. */
  readonly filter?: 'ext_authz' | undefined;
  /** Settings of the ext_proc filter that replace the project's. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Front {
  /** The listener without the filter. */
  readonly plainPort: number;
  readonly servers: readonly Fronted[];
}

/** The answer at this path has the request's `authorization`, as Envoy would forward it, in this header. */
export const echo = { path: '/echo', header: 'x-echo' } as const;

export const caller = { iss: 'demo', aud: 'orders', sub: 'alice', client_id: 'partner-42' } as const;

const listener = ['static_resources', 'listeners', 0];
const extProc = 'envoy.filters.http.ext_proc';

const verifiedCaller = {
  name: 'envoy.filters.http.set_metadata',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config',
    metadata: [{ metadata_namespace: 'envoy.filters.http.jwt_authn', value: { payload: caller } }],
  },
};

const routes = [
  {
    name: 'echo',
    match: { path: echo.path },
    direct_response: { status: 200 },
    response_headers_to_add: [{ header: { key: echo.header, value: '%REQ(authorization)%' } }],
  },
  { name: 'orders', match: { prefix: '/' }, direct_response: { status: 200 } },
];

const project = join(import.meta.dirname, '..', '..');

/** Starts Envoy and waits until it is ready. */
export async function startFront(group: ProcessGroup, folder: string, envoy: string, front: Front): Promise<Running> {
  const adminPort = await freePort();
  writeFileSync(join(folder, 'envoy.yaml'), frontConfig(front, adminPort));
  const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1'];
  const running = await group.start({ name: 'envoy', file: envoy, args, cwd: folder });
  await untilReady(running, () => isUp(`http://127.0.0.1:${adminPort}/ready`));
  return running;
}

function frontConfig({ plainPort, servers }: Front, adminPort: number): string {
  const text = readFileSync(join(project, 'envoy.yaml'), 'utf8');
  const fronts = servers.map((server) => frontOf(text, server));
  const plain = projectConfig(text, plainPort);
  plain.delete(plain.filter(extProc));
  const whole = new EnvoyConfig(text);
  whole.setPort('admin', adminPort);
  whole.set(
    ['static_resources', 'clusters'],
    fronts.map(({ cluster }) => cluster),
  );
  whole.set(['static_resources', 'listeners'], [plain.get(listener), ...fronts.map((front) => front.listener)]);
  return whole.toString();
}

function frontOf(
  text: string,
  { name, port, address, filter, settings = {} }: Fronted,
): { listener: unknown; cluster: unknown } {
  const config = projectConfig(text, port);
  config.setSidecar(address);
  if (filter === 'ext_authz') useExtAuthz(config, plainFilter, undefined, authzSettings(name));
  else setExtProc(config, name, settings);
  const place = config.cluster('mintproc');
  config.set([...place, 'name'], name);
  config.set([...place, 'load_assignment', 'cluster_name'], name);
  return { listener: config.get(listener), cluster: config.get(place) };
}

function setExtProc(config: EnvoyConfig, cluster: string, settings: Readonly<Record<string, unknown>>): void {
  const filter = [...config.filter(extProc), 'typed_config'];
  config.set([...filter, 'grpc_service', 'envoy_grpc', 'cluster_name'], cluster);
  for (const [setting, value] of Object.entries(settings)) config.set([...filter, setting], value);
}

function authzSettings(cluster: string): Readonly<Record<string, unknown>> {
  return {
    grpc_service: { envoy_grpc: { cluster_name: cluster }, timeout: '1s' },
    metadata_context_namespaces: ['envoy.filters.http.jwt_authn'],
  };
}

function projectConfig(text: string, port: number): EnvoyConfig {
  const config = new EnvoyConfig(text);
  config.setPort('listener', port);
  config.set([...listener, 'name'], `at ${port}`);
  config.set(config.filter('envoy.filters.http.jwt_authn'), verifiedCaller);
  config.set([...config.route.slice(0, -1)], routes);
  return config;
}
