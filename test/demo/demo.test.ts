/**
 * @module
 * `npm run demo`, from start to end, on free ports: what docs/start.md begins with.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import { EnvoyConfig } from '../../demo/envoy-config.ts';
import { freePort } from '../../demo/ports.ts';

const project = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-demo-'));
const ports = { listener: 0, admin: 0, upstream: 0, sidecar: 0, sidecarAdmin: 0 };

before(async () => {
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  const envoy = new EnvoyConfig(readFileSync(join(project, 'envoy.yaml'), 'utf8'));
  for (const role of ['listener', 'admin', 'upstream'] as const) envoy.setPort(role, ports[role]);
  envoy.setSidecar(`127.0.0.1:${ports.sidecar}`);
  writeFileSync(join(folder, 'envoy.yaml'), envoy.toString());
  cpSync(join(project, 'config'), join(folder, 'config'), { recursive: true });
  const file = join(folder, 'config', 'mintproc.yaml');
  const mintproc = parseDocument(readFileSync(file, 'utf8'));
  mintproc.set('listen', `127.0.0.1:${ports.sidecar}`);
  mintproc.set('admin', `127.0.0.1:${ports.sidecarAdmin}`);
  writeFileSync(file, mintproc.toString());
});
after(() => rmSync(folder, { recursive: true }));

interface Demo {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string; error: string }>;
  /** Its output so far. */
  out(): string;
}

const command = [process.execPath, join(project, 'demo', 'demo.ts'), '--directory', folder];

function startDemo(...args: string[]): Demo {
  return follow(spawn(process.execPath, [...command.slice(1), ...args]));
}

function follow(demo: ChildProcessByStdio<null | Writable, Readable, Readable>): Demo {
  let printed = '';
  demo.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
  });
  const error = text(demo.stderr);
  const closed = once(demo, 'close') as Promise<[number | null]>;
  const ended = closed.then(async ([code]) => ({ code, out: printed, error: await error }));
  return { process: demo, ended, out: () => printed };
}

/** The ports of the demo that are in use. */
async function takenPorts(): Promise<string[]> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    const server = createServer();
    const free = await once(server.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    );
    server.close();
    if (!free) taken.push(name);
  }
  return taken;
}

async function until(holds: () => boolean): Promise<void> {
  const giveUp = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > giveUp) throw new Error(`still not: ${holds}`);
    await pause(20);
  }
}

test('--once shows a request and its token, and leaves no process running', async () => {
  const { code, out, error } = await startDemo('--once').ended;
  assert.equal(error, '');
  assert.equal(code, 0);
  assert.match(out, /The upstream received:\n {2}GET \/orders\/42\?region=eu\n[\s\S]* {2}authorization: Bearer ey/);
  assert.match(out, /"kid": "key-1"/);
  assert.match(out, /"client_id": "partner-42"/);
  assert.match(out, /Its signature verifies/);
  assert.deepEqual(await takenPorts(), []);
});

test('only the user can read its files', () => {
  const mode = (name: string): string => (statSync(join(folder, '.demo', name)).mode & 0o777).toString(8);
  assert.equal(mode('.'), '700');
  const files = ['partner.pem', 'caller.pem', 'caller.jwks.json', 'caller.token', 'envoy.log', 'mintproc.log'];
  assert.deepEqual(
    files.map(mode),
    files.map(() => '600'),
  );
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`serves until ${signal}; its curl line works; then no process is left running`, async () => {
    const demo = startDemo();
    await until(() => demo.out().includes('Serving until Ctrl-C'));
    const [, tokenFile = '', url = ''] =
      /curl -i -H "authorization: Bearer \$\(cat '(.+)'\)" '(.+)'/.exec(demo.out()) ?? [];
    const token = readFileSync(tokenFile, 'utf8').trim();
    assert.equal((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status, 200);
    assert.equal((await fetch(url)).status, 401, 'a caller without a token of its own');
    assert.equal((await takenPorts()).length, 5);
    demo.process.kill(signal);
    assert.equal((await demo.ended).code, 0);
    assert.deepEqual(await takenPorts(), []);
  });
}

test("a demo whose npm was killed ends: npm's shell does not pass a signal on", async () => {
  const environment = { ...process.env, npm_lifecycle_event: 'demo' };
  const shell = spawn('/bin/sh', ['-c', '"$@"; exit', 'sh', ...command], { env: environment });
  const demo = follow(shell);
  await until(() => demo.out().includes('Serving until Ctrl-C'));
  shell.kill('SIGKILL');
  await demo.ended;
  assert.deepEqual(await takenPorts(), []);
});

test('a port in use is named with the process that needs it', async () => {
  await using server = createServer().listen(ports.listener, '127.0.0.1');
  await once(server, 'listening');
  const { code, error } = await startDemo('--once').ended;
  assert.equal(code, 1);
  assert.match(
    error,
    /^\nPort \d+ on 127\.0\.0\.1 is in use, but Envoy \(its listener in envoy\.yaml\) needs it[^\n]*\n$/,
  );
});

test('when the sidecar cannot start, its output is shown and no process is left', async () => {
  const file = join(folder, 'config', 'mintproc.yaml');
  const good = readFileSync(file, 'utf8');
  writeFileSync(file, good.replace('onError: deny', 'onError: perhaps'));
  const { code, error } = await startDemo('--once').ended;
  writeFileSync(file, good);
  assert.equal(code, 1);
  assert.match(error, /^\nmintproc ended \(1\)[\s\S]*onError/);
  assert.deepEqual(await takenPorts(), []);
});

test('a folder without the configuration is reported', async () => {
  const { code, error } = await startDemo('--directory', join(folder, 'config')).ended;
  assert.equal(code, 1);
  assert.match(error, /^\nCannot read .*envoy\.yaml \(ENOENT\)\.\n$/);
});

test('an unknown option is reported together with the known ones', async () => {
  const { code, error } = await startDemo('--ones').ended;
  assert.equal(code, 2);
  assert.match(error, /--ones[\s\S]*--once/);
});
