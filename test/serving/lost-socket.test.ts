/**
 * H9: the file of a unix socket is removed while mintproc serves, and is created again.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { keySetPath } from '../../src/publishing/key-server.ts';
import { greetingAt } from '../net/socket-place.ts';
import { plain, type Sidecar, startSidecar, until } from './sidecar.ts';

const atSocket = { ...plain, listen: 'unix:FOLDER/m.sock' };

const servings: readonly [name: string, settings: object][] = [
  ['one process', { workers: 1 }],
  ['grpc-js', { workers: 1, transport: 'grpc-js' }],
  ['two workers', {}],
];

for (const [name, settings] of servings) {
  test(`H9: ${name}: a removed socket is created again, and open connections are not affected`, async () => {
    await using sidecar = await startSidecar({ ...atSocket, ...settings });
    const path = join(sidecar.folder, 'm.sock');
    const early = sidecar.connect();
    await early.token();
    const { mode } = statSync(path);
    rmSync(path);
    await until(() => existsSync(path));
    assert.ok(await early.token());
    assert.ok(await sidecar.connect().token());
    assert.equal(statSync(path).mode, mode);
    assert.deepEqual(reportedLines(sidecar, path), [
      'The file of a unix socket was removed or replaced; the socket is created again.',
      'The unix socket is created again and accepts connections.',
    ]);
  });
}

for (const [name, settings] of servings) {
  test(`H9: ${name}: another process has the path: it keeps it, /readyz reports why, and the exit removes nothing`, async () => {
    await using sidecar = await startSidecar({ ...atSocket, ...settings });
    const path = join(sidecar.folder, 'm.sock');
    const early = sidecar.connect();
    await early.token();
    assert.equal((await sidecar.metrics()).get('mintproc_ready'), 1);
    let other = await take(sidecar);
    await until(async () => (await sidecar.get('/readyz')).status === 503);
    const metrics = await sidecar.metrics();
    assert.equal(metrics.get('mintproc_ready'), 0);
    const lost = ['listen', 'admin', 'jwks'].map((listener) => {
      return metrics.get(`mintproc_listener_lost{listener="${listener}"}`);
    });
    assert.deepEqual(lost, [1, 0, 0]);
    const [refused] = sidecar.log().filter(({ level }) => level === 'error');
    assert.deepEqual([refused?.['code'], refused?.['address']], ['extproc.listen-failed', `unix:${path}`]);
    assert.match(String(refused?.['suggestion']), /^Another process listens there/);
    const { status, notListening } = JSON.parse((await sidecar.get('/readyz')).body);
    assert.equal(status, 'no-listener');
    assert.deepEqual(notListening, { listen: `Cannot listen at unix:${path}: the address is already in use.` });
    assert.ok(await early.token());
    other.close();
    await until(async () => (await sidecar.get('/readyz')).status === 200);
    assert.equal((await sidecar.metrics()).get('mintproc_listener_lost{listener="listen"}'), 0);
    assert.ok(await sidecar.connect().token());

    other = await take(sidecar);
    await until(async () => (await sidecar.get('/readyz')).status === 503);
    assert.equal(await sidecar.process.stop(), 0);
    assert.equal(await greetingAt(path), 'other');
    other.close();
  });
}

test('H9: the sockets of the admin address and of the JWKS', async () => {
  await using sidecar = await startSidecar({
    ...plain,
    workers: 1,
    admin: 'unix:FOLDER/admin.sock',
    jwks: { listen: 'unix:FOLDER/jwks.sock' },
  });
  const asked = { 'admin.sock': '/readyz', 'jwks.sock': keySetPath };
  for (const [name, path] of Object.entries(asked)) {
    const socketPath = join(sidecar.folder, name);
    rmSync(socketPath);
    await until(() => reportedLines(sidecar, socketPath).length === 2);
    assert.equal(await statusAt(socketPath, path), 200, name);
  }
});

/** The warnings about a path. */
function reportedLines(sidecar: Sidecar, path: string): unknown[] {
  const lines = sidecar.log().filter(({ level, address }) => level === 'warn' && address === `unix:${path}`);
  return lines.map(({ message }) => message);
}

/** Another process replaces the socket. It was bound elsewhere, so that its exit removes nothing. */
async function take({ folder }: Sidecar): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('other'));
  server.listen(join(folder, 'other.sock'));
  await once(server, 'listening');
  renameSync(join(folder, 'other.sock'), join(folder, 'm.sock'));
  return server;
}

async function statusAt(socketPath: string, path: string): Promise<number | undefined> {
  const asked = request({ socketPath, path }).end();
  const [response] = await once(asked, 'response');
  return response.resume().statusCode;
}
