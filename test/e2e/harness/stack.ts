/**
 * @module
 * A caller's whole way on free ports: Envoy with the project's own `envoy.yaml`, the sidecar, an upstream.
 *
 * Only ports, file names and how long Envoy waits for the sidecar differ from what `npm run demo` starts, and what a
 * test changes on purpose.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Credentials, prepareCredentials } from '../../../demo/credentials.ts';
import { findEnvoy } from '../../../demo/envoy-binary.ts';
import { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import { type Seen, startUpstream } from '../../../demo/upstream.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { type Answer, ask, type Question } from './client.ts';
import { patient } from './policies.ts';

export const project = join(import.meta.dirname, '..', '..', '..');

/** MINTPROC_E2E_TRANSPORT=grpc-js runs these tests over the other transport. */
export const transport = namedTransport(process.env['MINTPROC_E2E_TRANSPORT'] ?? 'native');

/** MINTPROC_E2E_WORKERS=2 runs them with as many worker processes. */
const workers = Number(process.env['MINTPROC_E2E_WORKERS'] ?? 1);

function namedTransport(name: string): TransportName {
  const found = (Object.keys(transports) as TransportName[]).find((known) => known === name);
  if (found === undefined) throw new Error(`MINTPROC_E2E_TRANSPORT is ${name}, which is no transport.`);
  return found;
}

export interface StackOptions {
  /** `mintproc.yaml` without its addresses. `partner.pem`, an RSA key, lies beside it. */
  readonly mintproc: Readonly<Record<string, unknown>>;
  /** Files beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What differs from the project's `envoy.yaml`; told the folder that holds the files. */
  readonly envoy?: (config: EnvoyConfig, folder: string) => void;
  /** Envoy's worker threads. */
  readonly concurrency?: number;
  /** Whether Envoy reaches the sidecar by a unix socket. */
  readonly unixSocket?: boolean;
}

export interface Stack extends AsyncDisposable {
  readonly folder: string;
  readonly credentials: Credentials;
  readonly sidecar: Running;
  /** Every request that reached the upstream, in order. */
  readonly seen: readonly Seen[];
  readonly port: number;
  ask(question?: Question): Promise<Answer>;
  /** GET of the sidecar's admin address. */
  admin(path: string): Promise<Answer>;
  /** Envoy's counters and gauges whose names match, by name. */
  envoyStats(pattern: string): Promise<ReadonlyMap<string, number>>;
  /** Starts the sidecar again after it ended. */
  restartSidecar(): Promise<Running>;
  /** Ends Envoy and starts another one. */
  restartEnvoy(): Promise<void>;
}

/** The Envoy of these tests; fetched once, see demo/. */
export function envoyBinary(): Promise<string> {
  return findEnvoy({
    environment: process.env,
    cache: join(project, '.cache', 'envoy'),
    progress: (line) => void process.stderr.write(`${line}\n`),
    signal: new AbortController().signal,
  });
}

export function projectEnvoyConfig(): EnvoyConfig {
  return new EnvoyConfig(readFileSync(join(project, 'envoy.yaml'), 'utf8'));
}

/** Starts all and returns once all answer. What was started is stopped when this fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-e2e-'));
  const group = new ProcessGroup(folder);
  const seen: Seen[] = [];
  const port = await freePort();
  const adminPort = await freePort();
  const envoyAdminPort = await freePort();
  const upstreamPort = await freePort();
  const listen = options.unixSocket === true ? `unix:${join(folder, 'm.sock')}` : `127.0.0.1:${await freePort()}`;
  const upstream = await startUpstream(upstreamPort, (request) => seen.push(request));

  async function dispose(): Promise<void> {
    await group[Symbol.asyncDispose]();
    upstream.close();
    upstream.closeAllConnections();
    rmSync(folder, { recursive: true });
  }

  async function startSidecar(): Promise<Running> {
    const args = [join(project, 'src', 'main.ts'), 'serve', '--config', 'mintproc.yaml'];
    const sidecar = await group.start({ name: 'mintproc', file: process.execPath, args, cwd: folder });
    await untilReady(sidecar, () => isUp(`http://127.0.0.1:${adminPort}/readyz`));
    return sidecar;
  }

  let envoy: Running | undefined;
  async function startEnvoy(): Promise<void> {
    await envoy?.stop();
    const config = projectEnvoyConfig();
    config.setPort('listener', port);
    config.setPort('admin', envoyAdminPort);
    config.setPort('upstream', upstreamPort);
    config.setSidecar(listen);
    config.setCallerKeys(join(folder, 'caller.jwks.json'));
    patient(config);
    options.envoy?.(config, folder);
    writeFileSync(join(folder, 'envoy.yaml'), config.toString());
    const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', String(options.concurrency ?? 1)];
    envoy = await group.start({ name: 'envoy', file: await envoyBinary(), args, cwd: folder });
    await untilReady(envoy, () => isUp(`http://127.0.0.1:${envoyAdminPort}/ready`));
  }

  try {
    const credentials = await prepareCredentials(folder);
    for (const [name, content] of Object.entries(options.files ?? {})) writeFileSync(join(folder, name), content);
    const configuration = { listen, transport, workers, admin: `127.0.0.1:${adminPort}`, ...options.mintproc };
    writeFileSync(join(folder, 'mintproc.yaml'), stringify(configuration));
    const sidecar = await startSidecar();
    await startEnvoy();
    return {
      folder,
      credentials,
      sidecar,
      seen,
      port,
      ask: (question) => ask(port, question),
      admin: (path) => ask(adminPort, { path }),
      envoyStats: async (pattern) => parseStats(await ask(envoyAdminPort, { path: `/stats?filter=${pattern}` })),
      restartSidecar: startSidecar,
      restartEnvoy: startEnvoy,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** `name: 1` a line; histograms are left out. */
function parseStats({ body }: Answer): Map<string, number> {
  const pairs = body.matchAll(/^(\S+): (\d+)$/gm);
  return new Map(Array.from(pairs, ([, name = '', value]) => [name, Number(value)]));
}
