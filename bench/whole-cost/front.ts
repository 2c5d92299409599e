/**
 * @module
 * One Envoy for all ways: a listener for each, as `mintproc gen envoy` writes it.
 *
 * It differs from what `gen` writes in this: Envoy answers by itself, remembers the callers' tokens that it has verified
 * (else this would cost more than all that is compared), and a path answers with the token.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { freePort } from '../../demo/ports.ts';
import type { ProcessGroup, Running } from '../../demo/process-group.ts';
import { isUp, untilReady } from '../../demo/readiness.ts';
import { echo } from '../servers/envoy-front.ts';
import { project, runAsShipped, shippedProgram } from '../servers/shipped.ts';

/** The listener of a way. */
export interface Fronted {
  readonly name: string;
  readonly port: number;
  readonly config: EnvoyConfig;
}

const listener = ['static_resources', 'listeners', 0];
const clusters = ['static_resources', 'clusters'];
const jwtAuthn = 'envoy.filters.http.jwt_authn';

/** More than there are callers. */
const rememberedTokens = 2000;

export interface Generating {
  /** The folder with `mintproc.yaml`. */
  readonly folder: string;
  readonly keySet: string;
  /** Further options of the command. */
  readonly options: readonly string[];
}

/** What `mintproc gen envoy` writes, by the program as shipped. */
export function generate({ folder, keySet, options }: Generating): EnvoyConfig {
  const issuer = ['--issuer', 'demo', '--audience', 'orders', '--jwks', keySet];
  const args = ['gen', 'envoy', '--config', join(folder, 'mintproc.yaml'), ...issuer, ...options];
  const [file = '', ...command] = runAsShipped(project, shippedProgram(), ...args);
  return new EnvoyConfig(execFileSync(file, command, { encoding: 'utf8', stdio: 'pipe' }));
}

/** The settings of the provider that verifies the callers' tokens; undefined if nothing reads them. */
export function callersProvider(config: EnvoyConfig): readonly (string | number)[] | undefined {
  const filters = config.get([...config.connectionManager, 'http_filters']) as readonly { readonly name: string }[];
  if (!filters.some(({ name }) => name === jwtAuthn)) return undefined;
  return [...config.filter(jwtAuthn), 'typed_config', 'providers', 'callers'];
}

/** Starts Envoy and waits until it is ready. @param workers its worker threads */
export async function startFront(
  group: ProcessGroup,
  folder: string,
  envoy: string,
  fronted: readonly Fronted[],
  workers = 1,
): Promise<Running> {
  const adminPort = await freePort();
  writeFileSync(join(folder, 'envoy.yaml'), whole(fronted, adminPort));
  // Envoy reads a token from a file by SDS only if it has a name itself.
  const names = ['--service-node', 'envoy', '--service-cluster', 'envoy'];
  const threads = ['--concurrency', String(workers)];
  const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--log-level', 'warning', ...threads, ...names];
  const running = await group.start({ name: 'envoy', file: envoy, args, cwd: folder });
  await untilReady(running, () => isUp(`http://127.0.0.1:${adminPort}/ready`));
  return running;
}

function whole(fronted: readonly Fronted[], adminPort: number): string {
  const [first] = fronted;
  if (first === undefined) throw new TypeError('there is no way to measure');
  const parts = fronted.map(partOf);
  const config = new EnvoyConfig(first.config.toString());
  config.setPort('admin', adminPort);
  config.set(
    ['static_resources', 'listeners'],
    parts.map((part) => part.listener),
  );
  config.set(
    clusters,
    parts.flatMap((part) => part.clusters),
  );
  return config.toString();
}

interface Part {
  readonly listener: unknown;
  readonly clusters: readonly unknown[];
}

/** The listener and the clusters, with names of their own. */
function partOf({ name, port, config }: Fronted): Part {
  config.set([...listener, 'name'], name);
  config.set([...listener, 'address', 'socket_address'], { address: '127.0.0.1', port_value: port });
  const provider = callersProvider(config);
  if (provider !== undefined) config.set([...provider, 'jwt_cache_config'], { jwt_cache_size: rememberedTokens });
  const routes = config.route.slice(0, -1);
  config.set(routes, (config.get(routes) as readonly Route[]).flatMap(answered));
  const named = (value: unknown): unknown => renamed(value, (cluster) => `${name}-${cluster}`);
  const all = config.get(clusters) as readonly { readonly name: string }[];
  return {
    listener: named(config.get(listener)),
    clusters: all
      .filter((cluster) => cluster.name !== 'upstream')
      .map((cluster) => ({ ...(named(cluster) as object), name: `${name}-${cluster.name}` })),
  };
}

type Route = Readonly<Record<string, unknown>>;

/** The route that answers by itself, and before it the same one that answers with the token. */
function answered(route: Route): Route[] {
  const value = '%REQ(authorization)%';
  const shown = { response_headers_to_add: [{ header: { key: echo.header, value } }] };
  return [{ ...answering(route), ...shown, match: { path: echo.path } }, answering(route)];
}

/** A copy, since the same object twice would be an alias in the document. */
function answering(route: Route): Route {
  const { route: _, ...kept } = structuredClone(route);
  return { ...kept, direct_response: { status: 200 } };
}

/** The same configuration with other names of its clusters. */
function renamed(value: unknown, name: (cluster: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === 'cluster_name' && typeof one === 'string' ? name(one) : renamed(one, name),
    ]),
  );
}
