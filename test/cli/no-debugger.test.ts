/**
 * SIGUSR1 opens no debugger, whichever process of mintproc gets it and however it was started.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as turn } from 'node:timers/promises';
import { build } from 'esbuild';
import { pageBundle } from '../../build/playground.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'mintproc-debugger-'));
after(() => rmSync(folder, { recursive: true }));

const policy = `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: HS256, privateKey: "0123456789abcdef0123456789abcdef" }`;
writeFileSync(join(folder, 'a.yaml'), policy);
const configuration = {
  listen: '127.0.0.1:0',
  admin: '127.0.0.1:0',
  workers: 2,
  policies: [{ name: 'a', file: 'a.yaml' }],
  routes: [{ match: { pathPrefix: '/' }, policies: ['a'] }],
};
writeFileSync(join(folder, 'mintproc.yaml'), JSON.stringify(configuration));

await build(pageBundle);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  server.close();
  await once(server, 'close');
  return address.port;
}

/** Whether somebody listens. */
async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return opened;
}

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
}

/** @param said what the process says when it is ready */
async function start(port: number, line: readonly string[], said: RegExp): Promise<Started> {
  const child = spawn(process.execPath, [`--inspect-port=127.0.0.1:${port}`, ...line], { cwd: root, stdio: 'pipe' });
  let out = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      out += chunk;
      if (said.test(out)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(out)));
  });
  return { child, out: () => out };
}

async function ended(child: ChildProcess): Promise<unknown> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  return exited;
}

/** A program of Node alone, whose debugger opens: by then, that of a process with an earlier signal would be open. */
async function signalledLater(): Promise<boolean> {
  const port = await freePort();
  const { child } = await start(port, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], /up/);
  child.kill('SIGUSR1');
  await once(child.stderr ?? child, 'data');
  const opened = await isOpen(port);
  await ended(child);
  return opened;
}

/** The process, and those that it starts, as soon as there are as many. @throws Error after 20 s */
async function family({ pid }: ChildProcess, processes: number): Promise<readonly number[]> {
  assert.ok(pid !== undefined);
  for (const until = performance.now() + 20_000; performance.now() < until; await turn(20)) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    if (children.length + 1 === processes) return [pid, ...children];
  }
  throw new Error(`there are never ${processes} processes`);
}

const config = join(folder, 'mintproc.yaml');
const programs: [name: string, line: string[], said: RegExp, processes: number][] = [
  ['serve and its workers', ['serve', '--config', config], /The admin server is listening/, 3],
  ['playground and what answers', ['playground'], /http:.*\n/, 2],
];

const skip = process.platform === 'linux' ? false : 'the processes are found in /proc';

for (const [name, line, said, processes] of programs) {
  test(`SIGUSR1 opens no debugger: ${name}`, { skip }, async () => {
    const port = await freePort();
    const { child } = await start(port, ['src/main.ts', ...line], said);
    const pids = await family(child, processes);
    for (const pid of pids) process.kill(pid, 'SIGUSR1');
    const [isOfNode, isOfMintproc] = [await signalledLater(), await isOpen(port)];
    const [code] = (await ended(child)) as [number | null];
    assert.deepEqual({ isOfNode, isOfMintproc, code }, { isOfNode: true, isOfMintproc: false, code: 0 });
  });
}
