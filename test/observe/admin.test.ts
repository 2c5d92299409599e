import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type AdminServer, startAdmin } from '../../src/observe/admin.ts';
import { maxHeaderSize } from '../../src/observe/http-request.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Readiness } from '../../src/observe/readiness.ts';

const written: string[] = [];
const log = createLog('info', (line) => written.push(line));
const metrics = new Metrics({ version: '0', outcomes: [] });
const local = { host: '127.0.0.1', port: 0 };

suite('the admin address', () => {
  const readiness = new Readiness();
  let admin: AdminServer;
  before(async () => {
    admin = await startAdmin({ address: local, metrics, readiness, log });
  });
  after(() => admin.close());

  const answers: [method: string, path: string, status: number, type: string, body: RegExp][] = [
    ['GET', '/healthz', 200, 'text/plain; charset=utf-8', /^ok\n$/],
    ['GET', '/healthz?verbose', 200, 'text/plain; charset=utf-8', /^ok\n$/],
    ['GET', '/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8', /^# HELP mintproc_requests_total /],
    ['GET', '/readyz', 503, 'application/json', /^\{"status":"starting"\}\n$/],
    ['GET', '/', 404, 'text/plain; charset=utf-8', /^not found; there is \/metrics, \/healthz, \/readyz\n$/],
    ['GET', '/toString', 404, 'text/plain; charset=utf-8', /^not found/],
    ['GET', '/healthz/', 404, 'text/plain; charset=utf-8', /^not found/],
    ['POST', '/metrics', 405, 'text/plain; charset=utf-8', /^method not allowed; use GET or HEAD\n$/],
    ['HEAD', '/healthz', 200, 'text/plain; charset=utf-8', /^$/],
    ['HEAD', '/readyz', 503, 'application/json', /^$/],
    ['HEAD', '/nothing', 404, 'text/plain; charset=utf-8', /^$/],
  ];

  for (const [method, path, status, type, body] of answers) {
    test(`${method} ${path}`, async () => {
      const response = await fetch(`http://${admin.address}${path}`, { method });
      assert.equal(response.status, status);
      assert.equal(response.headers.get('content-type'), type);
      assert.match(await response.text(), body);
    });
  }

  test('405 lists the methods; a request with a body closes the connection without reading the body', async () => {
    const response = await fetch(`http://${admin.address}/metrics`, { method: 'POST', body: 'x'.repeat(100_000) });
    assert.equal(response.headers.get('allow'), 'GET, HEAD');
    assert.equal(response.headers.get('connection'), 'close');
  });

  test('HEAD reports the length of the body of GET', async () => {
    const response = await fetch(`http://${admin.address}/healthz`, { method: 'HEAD' });
    assert.equal(response.headers.get('content-length'), '3');
  });

  test('ready, and then draining while still alive', async () => {
    readiness.configurationLoaded(1, 2);
    readiness.ready();
    const ready = await fetch(`http://${admin.address}/readyz`);
    assert.equal(ready.status, 200);
    assert.deepEqual(await ready.json(), { status: 'ready', generation: 1, policies: 2, lastReload: 'success' });
    readiness.drain();
    assert.equal((await fetch(`http://${admin.address}/readyz`)).status, 503);
    assert.equal((await fetch(`http://${admin.address}/healthz`)).status, 200);
  });

  test('a port in use', async () => {
    const port = Number(admin.address.split(':').at(-1));
    await assert.rejects(startAdmin({ address: { host: '127.0.0.1', port }, metrics, readiness, log }), {
      code: 'observe.listen-failed',
      message: `Cannot listen at 127.0.0.1:${port}: the address is already in use.`,
      suggestion: /another port or path in mintproc\.yaml/,
    });
  });
});

test('an error while answering is logged, not sent to the client', async () => {
  const failing = { text: () => Promise.reject(new Error('s3cr3t')) };
  const admin = await startAdmin({ address: local, metrics: failing, readiness: new Readiness(), log });
  const response = await fetch(`http://${admin.address}/metrics`);
  assert.deepEqual([response.status, await response.text()], [500, 'internal error\n']);
  assert.match(written.join(''), /The admin address failed to answer a request/);
  assert.doesNotMatch(written.join(''), /s3cr3t/);
  await admin.close();
});

const refusedAddresses: [name: string, address: { host: string; port: number }, message: RegExp][] = [
  ['an address of another machine', { host: '192.0.2.1', port: 0 }, /192\.0\.2\.1:0: this machine does not have that/],
  ['an address of IPv6 documentation', { host: '2001:db8::1', port: 1 }, /at \[2001:db8::1\]:1: /],
];

for (const [name, address, message] of refusedAddresses) {
  test(`refused: ${name}`, () =>
    assert.rejects(startAdmin({ address, metrics, readiness: new Readiness(), log }), {
      name: 'ListenError',
      message,
    }));
}

suite('a unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-admin-'));
  const path = join(folder, 'admin.sock');
  const start = (at: string): Promise<AdminServer> =>
    startAdmin({ address: { path: at }, metrics, readiness: new Readiness(), log });
  after(() => rmSync(folder, { recursive: true }));

  test('answers, and is closed afterwards', async () => {
    const admin = await start(path);
    assert.equal(admin.address, `unix:${path}`);
    assert.equal(statSync(path).mode & 0o777, 0o660);
    assert.equal(await statusAt(path), 200);
    await admin.close();
    assert.equal(existsSync(path), false);
  });

  test('a socket file that a killed process left behind is replaced', async () => {
    const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script, path]);
    assert.ok(existsSync(path));
    const admin = await start(path);
    assert.equal(await statusAt(path), 200);
    await admin.close();
  });

  test('a socket file in use stays', async () => {
    const admin = await start(path);
    await assert.rejects(start(path), { code: 'observe.listen-failed', message: /the address is already in use/ });
    assert.equal(await statusAt(path), 200);
    await admin.close();
  });

  test('another file at its path stays', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    await assert.rejects(start(file), { code: 'observe.listen-failed' });
    assert.equal(readFileSync(file, 'utf8'), 'kept');
  });

  test('a missing folder', () =>
    assert.rejects(start(join(folder, 'none', 'admin.sock')), { code: 'observe.listen-failed' }));
});

const headers: [name: string, bytes: number, status: number][] = [
  ['as large as allowed', maxHeaderSize - 200, 200],
  ['too large', maxHeaderSize + 1, 431],
];

for (const [name, bytes, status] of headers) {
  test(`headers ${name}`, async () => {
    const admin = await startAdmin({ address: local, metrics, readiness: new Readiness(), log });
    const response = await fetch(`http://${admin.address}/healthz`, { headers: { a: 'x'.repeat(bytes) } });
    assert.equal(response.status, status);
    await admin.close();
  });
}

test('close ends the connections that stay', async () => {
  const admin = await startAdmin({ address: local, metrics, readiness: new Readiness(), log });
  const port = Number(admin.address.split(':').at(-1));
  const sockets = await Promise.all(Array.from({ length: 20 }, () => opened(port)));
  const gone = Promise.all(sockets.map(ended));
  await admin.close();
  await gone;
});

/** A connection with an incomplete request, so that it is not idle. */
function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('GET /healthz HTTP/1.1\r\n');
      resolve(socket);
    });
    socket.once('error', (error) => (socket.destroyed ? reject(error) : undefined));
  });
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    socket.resume();
  });
}

function statusAt(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/healthz' }, (response) => resolve(response.resume().statusCode))
      .once('error', reject)
      .end();
  });
}
