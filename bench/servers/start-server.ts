/**
 * @module
 * Starts the server of a row: the built mintproc, its transport alone, or a compared server.
 */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../demo/ports.ts';
import type { ProcessGroup, Running } from '../../demo/process-group.ts';
import { untilReady } from '../../demo/readiness.ts';
import type { Keys } from '../algorithms.ts';
import { connectTo } from '../load/connect-to.ts';
import type { Over, Row } from '../rows.ts';
import { onePolicy, type SidecarFiles } from './policy-files.ts';
import { project, runAsShipped, shippedProgram } from './shipped.ts';

export interface Server {
  readonly pid: number;
  /** Its address: `127.0.0.1:50051` or `unix:/path`. */
  readonly address: string;
  /** Milliseconds from the start of the process until it was ready. */
  readonly readyAfter: number;
  /** The port of its admin address; undefined without one. */
  readonly adminPort?: number | undefined;
  /** Tokens minted so far, by its own counter; undefined without one. */
  minted(): Promise<number | undefined>;
  stop(): Promise<unknown>;
}

const transportAlone = join('bench', 'servers', 'constant-server.ts');

export async function startServer(
  group: ProcessGroup,
  folder: string,
  { name, serving, over, build }: Pick<Row, 'name' | 'serving' | 'over' | 'build'>,
  keys: Keys | undefined,
): Promise<Server> {
  const root = build?.root ?? project;
  if (serving.kind === 'sidecar') {
    if (keys === undefined) throw new TypeError(`${name} needs a key`);
    const made = onePolicy(serving.minting, keys);
    const { traced } = serving.minting;
    const tracing = traced === undefined ? {} : { tracing: { otlp: await startReceiver(), sample: traced } };
    const configuration = { ...made.configuration, ...tracing };
    return startSidecar(group, folder, name, { ...made, configuration }, over, root);
  }
  const address = await freeAddress(folder, name, over);
  const [file = '', ...args] =
    serving.kind === 'compared'
      ? comparedCommand(serving.command, address)
      : runAsShipped(root, join(root, transportAlone), serving.transport, address);
  const begin = performance.now();
  const running = await group.start({ name, file, args, cwd: process.cwd() });
  await untilReady(running, () => listens(address));
  return serverOf(running, address, performance.now() - begin, undefined);
}

/** A receiver of spans that takes everything, in this process, whose CPU time is not measured. @returns its URL */
async function startReceiver(): Promise<string> {
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  receiver.listen(0, '127.0.0.1').unref();
  await once(receiver, 'listening');
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
}

function comparedCommand(command: string, address: string): string[] {
  const place = address.slice(address.indexOf(':') + 1);
  return command.replace(/\{(?:socket|port)\}/g, () => place).split(' ');
}

async function freeAddress(folder: string, name: string, over: Over): Promise<string> {
  return over === 'unix' ? `unix:${join(folder, `${name}.sock`)}` : `127.0.0.1:${await freePort()}`;
}

/** Starts `mintproc serve` with the given files, in a folder below `folder`. */
export async function startSidecar(
  group: ProcessGroup,
  folder: string,
  name: string,
  { files, configuration }: SidecarFiles,
  over: Over = 'unix',
  root = project,
): Promise<Server> {
  const own = join(folder, name);
  mkdirSync(own);
  const [address, adminPort] = [await freeAddress(folder, name, over), await freePort()];
  const addresses = { listen: address, admin: `127.0.0.1:${adminPort}` };
  writeSidecar(own, { files, configuration: { ...addresses, ...configuration } });
  const [file = '', ...args] = runAsShipped(root, shippedProgram(root), 'serve', '--config', 'mintproc.yaml');
  const begin = performance.now();
  const running = await group.start({ name, file, args, cwd: own });
  await untilReady(running, () => isReady(adminPort), undefined, pollInterval);
  return serverOf(running, address, performance.now() - begin, adminPort);
}

/** Writes `mintproc.yaml`, with its addresses, and the files that it names into a folder. */
export function writeSidecar(folder: string, { files, configuration }: SidecarFiles): void {
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content, { mode: 0o600 });
  writeFileSync(join(folder, 'mintproc.yaml'), stringify(configuration, { aliasDuplicateObjects: false }));
}

/** Milliseconds; the precision of a measured start. */
const pollInterval = 5;

function serverOf(running: Running, address: string, readyAfter: number, adminPort: number | undefined): Server {
  const minted = async (): Promise<number | undefined> => (adminPort === undefined ? undefined : mintedBy(adminPort));
  return { pid: running.pid, address, adminPort, readyAfter, minted, stop: () => running.stop() };
}

/** Uses less CPU time than `fetch`, because the starting process needs the same cores. */
async function isReady(adminPort: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asked = get({ host: '127.0.0.1', port: adminPort, path: '/readyz', agent: false });
  asked.on('error', () => resolve(false)); // nothing listens yet
  asked.on('response', (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  return promise;
}

async function mintedBy(adminPort: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  const counts = (await response.text()).matchAll(/^mintproc_mints_total\{[^}]*outcome="minted"[^}]*\} (\d+)$/gm);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

async function listens(address: string): Promise<boolean> {
  const socket = connectTo(address);
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false, // refused: nothing listens yet
  );
  socket.destroy();
  return connected;
}
