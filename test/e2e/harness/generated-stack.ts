/**
 * @module
 * mintproc with a configuration, the Envoy part that `mintproc gen` writes for it, and an upstream, all for real.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { type Credentials, prepareCredentials } from '../../../demo/credentials.ts';
import type { EnvoyConfig } from '../../../demo/envoy-config.ts';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup, type Running } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';
import type { FilterName } from '../../../src/envoy/envoy-part.ts';
import type { PlatformName } from '../../../src/envoy/platforms.ts';
import { type Answer, ask, type Question } from './client.ts';
import { generatedPart } from './generated-part.ts';
import { type Http2Upstream, startHttp2Upstream } from './http2-upstream.ts';
import { envoyBinary } from './stack.ts';
import { makeTlsFiles } from './tls-files.ts';

const project = join(import.meta.dirname, '..', '..', '..');

export type ListenKind = 'unix' | 'tcp' | 'tls';

export interface GeneratedOptions {
  readonly platform: PlatformName;
  /** Default: ext_proc. */
  readonly filter?: FilterName;
  /** `mintproc.yaml` without its addresses. `partner.pem`, an RSA key, lies beside it. */
  readonly mintproc: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  readonly listen: ListenKind;
  /** Whether the caller's token is verified before mintproc. */
  readonly caller: boolean;
  /** Whether callers connect with certificates; the files for it are among `files`. Only for `envoy`. */
  readonly certificates?: boolean;
  /** What a test adds to Envoy's configuration. */
  readonly envoy?: (config: EnvoyConfig) => void;
}

export interface GeneratedStack extends AsyncDisposable {
  readonly credentials: Credentials;
  readonly sidecar: Running;
  readonly upstream: Http2Upstream;
  readonly port: number;
  ask(question?: Question): Promise<Answer>;
  /** One of Envoy's statistics; 0 if there is none. */
  stat(name: string): Promise<number>;
  /** Ends Envoy and starts another one. */
  restartEnvoy(): Promise<void>;
}

export async function startGenerated(options: GeneratedOptions): Promise<GeneratedStack> {
  const folder = mkdtempSync(join(tmpdir(), 'mp-gen-'));
  const group = new ProcessGroup(folder);
  const upstream = await startHttp2Upstream();
  const [port, adminPort, metricsPort, listenPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  async function dispose(): Promise<void> {
    await group[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
  let envoy: Running | undefined;
  async function startEnvoy(): Promise<void> {
    await envoy?.stop();
    const args = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning'];
    envoy = await group.start({ name: 'envoy', file: await envoyBinary(), args, cwd: folder });
    await untilReady(envoy, () => isUp(`http://127.0.0.1:${adminPort}/ready`));
  }

  try {
    const credentials = await prepareCredentials(folder);
    const { listen, files } = await listening(options.listen, folder, listenPort);
    for (const [name, text] of Object.entries({ ...files, ...options.files })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const configuration = { ...listen, admin: `127.0.0.1:${metricsPort}`, ...options.mintproc };
    writeFileSync(join(folder, 'mintproc.yaml'), stringify(configuration));
    const ports = { port, adminPort, upstreamPort: upstream.port };
    generate(options, folder, [...lineOf(options, ports, folder), ...byName(options, listenPort)]);
    const config = generatedPart(options.platform, { certificates: false, ...options, folder, ...ports });
    options.envoy?.(config);
    writeFileSync(join(folder, 'envoy.yaml'), config.toString());
    const serve = [join(project, 'src', 'main.ts'), 'serve', '--config', 'mintproc.yaml'];
    const sidecar = await group.start({ name: 'mintproc', file: process.execPath, args: serve, cwd: folder });
    await untilReady(sidecar, () => isUp(`http://127.0.0.1:${metricsPort}/readyz`));
    await startEnvoy();
    return {
      credentials,
      sidecar,
      upstream,
      port,
      ask: (question) => ask(port, question),
      async stat(name) {
        const { body } = await ask(adminPort, { path: `/stats?filter=${encodeURIComponent(name)}` });
        return Array.from(body.matchAll(/: (\d+)$/gm), ([, value]) => Number(value)).reduce((a, b) => a + b, 0);
      },
      restartEnvoy: startEnvoy,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function listening(kind: ListenKind, folder: string, port: number) {
  if (kind === 'unix') return { listen: { listen: `unix:${join(folder, 'm.sock')}` }, files: {} };
  if (kind === 'tcp') return { listen: { listen: `127.0.0.1:${port}` }, files: {} };
  const made = await makeTlsFiles();
  const tls = {
    certificate: 'server.crt',
    key: 'server.key',
    clientAuthorities: 'ca.crt',
    minVersion: '1.3',
    clients: ['dns:client'],
  };
  const files = {
    ...made,
    'ca.crt': made['authority.crt'],
    'tls.crt': made['client.crt'],
    'tls.key': made['client.key'],
  };
  return { listen: { listen: `0.0.0.0:${port}`, tls }, files };
}

interface OwnPorts {
  readonly port: number;
  readonly adminPort: number;
  readonly upstreamPort: number;
}

function lineOf({ platform, listen, caller }: GeneratedOptions, ports: OwnPorts, folder: string): readonly string[] {
  const { port, adminPort, upstreamPort } = ports;
  const tls = listen === 'tls' ? ['--tls-files', folder] : [];
  if (platform !== 'envoy') return tls;
  const issuer = ['--issuer', 'demo', '--audience', 'orders', '--jwks', join(folder, 'caller.jwks.json')];
  return [
    ...tls,
    ...(caller ? issuer : []),
    ...['--port', String(port), '--admin-port', String(adminPort), '--upstream', `127.0.0.1:${upstreamPort}`],
  ];
}

/** Envoy Gateway and a provider of Istio accept no loopback address: mintproc is a Service there. */
function byName({ platform, listen, filter }: GeneratedOptions, port: number): readonly string[] {
  if (platform === 'istio' && filter === 'ext_authz') return ['--mintproc', `mintproc.default.svc:${port}`];
  if (platform !== 'envoy-gateway' || listen === 'unix') return [];
  return ['--mintproc', `mintproc.default.svc:${port}`, '--tls-name', 'localhost'];
}

function generate({ platform, filter = 'ext_proc' }: GeneratedOptions, folder: string, more: readonly string[]): void {
  const own = ['--config', join(folder, 'mintproc.yaml'), '--filter', filter, '--out', join(folder, 'gen')];
  const args = ['gen', platform, ...own, ...more];
  const run = spawnSync(process.execPath, [join(project, 'src', 'main.ts'), ...args], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
}
