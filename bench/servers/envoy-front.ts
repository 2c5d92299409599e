/**
 * @module
 * The Envoy that stands before every server measured: one process with one worker, a listener for each server, and one
 * without the filter to compare with. What the filter sends is what the project's `envoy.yaml` has it send.
 *
 * Envoy answers by itself (`direct_response`), so that no upstream takes part. Verifying the caller's own token would cost
 * Envoy more than all the rest, so its claims come from `set_metadata` under the name that `jwt_authn` gives them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvoyConfig } from '../../demo/envoy-config.ts';

export interface Fronted {
  readonly name: string;
  /** Envoy's listener for it. */
  readonly port: number;
  /** Where it listens itself: `127.0.0.1:50051` or `unix:/path`. */
  readonly address: string;
}

export interface Front {
  readonly adminPort: number;
  /** The listener without the filter. */
  readonly plainPort: number;
  readonly servers: readonly Fronted[];
}

/** Its answer carries the request's `authorization` as it leaves Envoy, in this header. */
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

/** The text of Envoy's configuration. */
export function frontConfig({ adminPort, plainPort, servers }: Front): string {
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

function frontOf(text: string, { name, port, address }: Fronted): { listener: unknown; cluster: unknown } {
  const config = projectConfig(text, port);
  config.setSidecar(address);
  config.set([...config.filter(extProc), 'typed_config', 'grpc_service', 'envoy_grpc', 'cluster_name'], name);
  const place = config.cluster('mintproc');
  config.set([...place, 'name'], name);
  config.set([...place, 'load_assignment', 'cluster_name'], name);
  return { listener: config.get(listener), cluster: config.get(place) };
}

function projectConfig(text: string, port: number): EnvoyConfig {
  const config = new EnvoyConfig(text);
  config.setPort('listener', port);
  config.set([...listener, 'name'], `at ${port}`);
  config.set(config.filter('envoy.filters.http.jwt_authn'), verifiedCaller);
  config.set([...config.route.slice(0, -1)], routes);
  return config;
}
