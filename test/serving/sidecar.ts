/**
 * @module
 * `mintproc serve` as a separate process with workers, in a temporary folder, and clients with a persistent connection
 * each.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { stringify } from 'yaml';
import { ProcessGroup, type Running } from '../../demo/process-group.ts';
import type { ProcessingRequest } from '../../src/extproc/messages.ts';
import { flexPolicy } from '../configuration/memory-files.ts';
import { StreamClient } from '../extproc/stream-client.ts';

export interface Sidecar extends AsyncDisposable {
  readonly folder: string;
  readonly process: Running;
  /** Its address. */
  readonly address: string;
  readonly adminAddress: string;
  /** A client with a new connection. */
  connect(credentials?: grpc.ChannelCredentials): Caller;
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** The samples of a scrape, by name and labels. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Process ids of the running workers. */
  workers(): readonly number[];
  /** The lines of the log so far. */
  log(): readonly Readonly<Record<string, unknown>>[];
  write(name: string, content: string): void;
}

export interface Caller {
  /** The decoded token of a request; undefined without a token. */
  token(): Promise<{ readonly claims: JWTPayload; readonly kid: string | undefined } | undefined>;
  readonly client: StreamClient;
}

/** Two workers, one policy `p` for every request, quick reloads. */
export const plain: Readonly<Record<string, unknown>> = {
  workers: 2,
  policies: [{ name: 'p', file: 'policy.yaml' }],
  routes: [{ match: {}, policies: ['p'] }],
  reload: { poll: '50ms', settle: '10ms' },
};

const requestHeaders: ProcessingRequest = {
  request: 'request_headers',
  request_headers: { headers: { headers: [{ key: ':path', raw_value: Buffer.from('/') }] }, end_of_stream: true },
};

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/**
 * Writes `mintproc.yaml` (`FOLDER` stands for its folder) and `files` and starts the process; returns when it serves or
 * has ended.
 */
export async function startSidecar(
  configuration: Readonly<Record<string, unknown>> = plain,
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<Sidecar> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-workers-'));
  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content, { mode: 0o600 });
  const addresses = { listen: '127.0.0.1:0', admin: '127.0.0.1:0', ...configuration };
  const all = { 'policy.yaml': flexPolicy({ iss: 'one' }), ...files };
  for (const [name, content] of Object.entries(all)) write(name, content);
  write('mintproc.yaml', stringify(addresses).replaceAll('FOLDER', folder));
  const group = new ProcessGroup(folder);
  const args = [main, 'serve', '--config', 'mintproc.yaml'];
  const process_ = await group.start({ name: 'mintproc', file: process.execPath, args, cwd: folder, environment });
  const lines = (): Record<string, unknown>[] =>
    readFileSync(process_.log, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line));
  const addressIn = (message: string): string =>
    String(lines().find((line) => line['message'] === message)?.['address'] ?? '');
  const callers: StreamClient[] = [];
  async function dispose(): Promise<void> {
    for (const client of callers) client.close();
    await group[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  }
  try {
    await until(() => process_.ending !== undefined || addressIn('The admin server is listening.') !== '');
  } catch (error) {
    await dispose();
    throw error;
  }
  const address = addressIn('mintproc is serving.');
  const admin = addressIn('The admin server is listening.');
  const get = async (path: string): Promise<{ status: number; body: string }> => {
    const response = await fetch(`http://${admin}${path}`);
    return { status: response.status, body: await response.text() };
  };
  return {
    folder,
    process: process_,
    address,
    adminAddress: admin,
    connect(credentials) {
      const client = new StreamClient(address, credentials, { 'grpc.use_local_subchannel_pool': 1 });
      callers.push(client);
      return { client, token: () => tokenOf(client) };
    },
    get,
    async metrics() {
      const samples = (await get('/metrics')).body.matchAll(/^([^#\s]\S*) (\S+)$/gm);
      return new Map(Array.from(samples, ([, name = '', value]) => [name, Number(value)]));
    },
    workers: () => childrenOf(process_.pid),
    log: lines,
    write,
    [Symbol.asyncDispose]: dispose,
  };
}

/** The decoded token that a request gets. */
export async function tokenOf(client: StreamClient): ReturnType<Caller['token']> {
  const { answers, status } = await client.converse([requestHeaders]);
  assert.equal(status.code, grpc.status.OK, status.details);
  const [header] = answers[0]?.request_headers?.response?.header_mutation?.set_headers ?? [];
  const token = header?.header.raw_value.toString().replace('Bearer ', '');
  if (token === undefined) return undefined;
  const { kid } = decodeProtectedHeader(token);
  return { claims: decodeJwt(token), kid };
}

/** The running child processes of a process. */
function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}

export function lives(pid: number): boolean {
  return readdirSync('/proc').includes(String(pid));
}

/**
 * Waits until the condition is true. Fails after half a minute, which is long enough for three processes to start on a
 * busy machine.
 */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < giveUp, `still not: ${holds}`);
    await new Promise((next) => setTimeout(next, 10));
  }
}
