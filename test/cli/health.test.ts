import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../demo/ports.ts';
import { startAdmin } from '../../src/observe/admin.ts';
import { createLog } from '../../src/observe/log.ts';
import { Readiness } from '../../src/observe/readiness.ts';
import { runCommand, writeFiles } from './captured-terminal.ts';

const log = createLog('silent', () => undefined);
const metrics = { text: async () => '' };

const lives: [
  name: string,
  calls: ('ready' | 'refused' | 'lost' | 'drain' | 'ended' | 'noKey' | 'paused' | 'tls' | 'files')[],
  code: number,
  said: string,
][] = [
  ['starting', [], 1, 'not ready: starting (503)'],
  ['ready', ['ready'], 0, 'ready'],
  ['a refused reload leaves it ready', ['ready', 'refused'], 0, 'ready; the last reload failed: a:1:1: wrong'],
  [
    'an unusable TLS pair leaves it ready',
    ['ready', 'tls'],
    0,
    'ready; the latest TLS pair cannot be used: a:2: wrong',
  ],
  [
    'files that cannot be checked leave it ready',
    ['ready', 'files', 'tls'],
    0,
    'ready; the latest TLS pair cannot be used: a:2: wrong; files cannot be checked for changes: /a is gone',
  ],
  ['a lost socket', ['ready', 'lost'], 1, 'not ready: no-listener; Cannot listen at unix:/a: taken. (503)'],
  ['a policy whose keys have retired leaves it ready', ['ready', 'ended'], 0, 'ready; no key is active for: p'],
  ['no policy has a key', ['ready', 'noKey'], 1, 'not ready: no-key; no key is active for: p (503)'],
  ['a key again', ['noKey', 'ready', 'ended'], 0, 'ready; no key is active for: p'],
  ['a service that fails', ['ready', 'paused'], 0, 'ready; the service fails that holds the key: k-1'],
  ['draining', ['ready', 'drain'], 1, 'not ready: draining (503)'],
];

const noneSigns = { signing: [], more: 0, ended: ['p'], moreEnded: 0 };

for (const [name, calls, code, said] of lives) {
  test(`health: ${name}`, async () => {
    const readiness = new Readiness();
    const admin = await startAdmin({ address: { host: '0.0.0.0', port: 0 }, metrics, readiness, log });
    const does = {
      ready: () => readiness.ready(),
      refused: () => readiness.configurationRefused('a:1:1: wrong'),
      tls: () => readiness.tlsUnusable('a:2: wrong'),
      files: () => readiness.filesTrouble('/a is gone'),
      lost: () => readiness.notListening('listen', 'Cannot listen at unix:/a: taken.'),
      paused: () => readiness.signersPaused(['k-1']),
      drain: () => readiness.drain(),
      ended: () => readiness.keys({ ...noneSigns, isAnyLeft: true }),
      noKey: () => readiness.keys({ ...noneSigns, isAnyLeft: false }),
    };
    for (const call of calls) does[call]();
    assert.deepEqual(await askedAt(admin.address), { code, out: `${admin.address}: ${said}\n`, errors: '' });
    await admin.close();
  });
}

test('health: a unix socket', async () => {
  const { folder } = writeFiles({ folder: '' });
  const readiness = new Readiness();
  readiness.ready();
  const admin = await startAdmin({ address: { path: `${folder}.sock` }, metrics, readiness, log });
  assert.equal((await askedAt(admin.address)).out, `unix:${folder}.sock: ready\n`);
  await admin.close();
});

const head = 'HTTP/1.1 200 OK\r\ncontent-length: 18\r\n\r\n';
const whole = `${head}{"status":"ready"}`;

/** `drips`: byte by byte; `floods`: again and again; `ends`: once, and then the connection ends. */
const others: [name: string, how: 'drips' | 'floods' | 'ends', text: string, said: RegExp][] = [
  ['nothing comes', 'drips', '', /: no answer in time\n$/],
  ['a slow drip', 'drips', whole.padEnd(5_000), /: no answer in time\n$/],
  ['a body that stays away', 'drips', head, /: no answer in time\n$/],
  ['a huge answer', 'floods', 'x'.repeat(1_000), /: the answer is too long to come from mintproc\n$/],
  ['a huge body', 'floods', `HTTP/1.1 200 OK\r\n\r\n${' '.repeat(1_000)}`, /: the answer is too long/],
  ['the end at once', 'ends', '', /: the answer does not come from mintproc\n$/],
  ['no HTTP', 'ends', 'SSH-2.0-OpenSSH_9.2\r\n', /: the answer does not come from mintproc\n$/],
  ['another program', 'ends', 'HTTP/1.1 200 OK\r\n\r\n<html>', /: the answer does not come from mintproc\n$/],
  ['ready, and 500', 'ends', whole.replace('200', '500'), /: not ready: ready \(500\)\n$/],
  ['200, and not ready', 'ends', 'HTTP/1.1 200 OK\r\n\r\n{"status":"a\\nb"}', /: not ready: a b \(200\)\n$/],
];

for (const [name, how, text, said] of others) {
  test(`health: ${name}: 1, and one line`, async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      if (how === 'ends') socket.end(text);
      if (how === 'floods') flood(socket, text);
      if (how === 'drips') drip(socket, name === 'a body that stays away' ? [text] : [...text]);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { code, out } = await askedAt(`127.0.0.1:${(server.address() as AddressInfo).port}`, how === 'drips');
    assert.equal(code, 1);
    assert.match(out, said);
    assert.equal(out.split('\n').length, 2);
    for (const socket of sockets) socket.destroy();
    server.close();
  });
}

function drip(socket: Socket, pieces: readonly string[]): void {
  const [piece, ...left] = pieces;
  if (piece === undefined || socket.destroyed) return;
  socket.write(piece, () => setTimeout(drip, 5, socket, left).unref());
}

function flood(socket: Socket, text: string): void {
  if (socket.destroyed) return;
  if (socket.write(text)) setImmediate(flood, socket, text);
  else socket.once('drain', () => flood(socket, text));
}

test('health: nothing listens', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  assert.deepEqual(await askedAt(address), { code: 1, out: `${address}: no answer (ECONNREFUSED)\n`, errors: '' });
});

const wrong: [name: string, text: string, said: RegExp][] = [
  ['no address', 'admin: here', /config: `admin` is not an address to listen on\. \[config\.invalid-value\]\n$/],
  ['not well formed', 'admin: "', /config: It is not well-formed YAML\. \[config\.syntax\]\n$/],
  ['port 0', 'admin: 127.0.0.1:0', /names port 0, so the real port is unknown\.\n$/],
  [
    'too long to read',
    `admin: &a a:1\nx: ${'a: ['.repeat(500_000)}`,
    /takes too long to read. Write `admin` on its own line/,
  ],
];

for (const [name, text, said] of wrong) {
  test(`health: a configuration that is wrong: ${name}`, async () => {
    const { config } = writeFiles({ config: text });
    const { code, out, errors } = await health(config, name === 'too long to read');
    assert.deepEqual([code, out], [1, '']);
    assert.match(errors, said);
  });
}

test('health: a missing configuration, and one that is not a file', async () => {
  const { config } = writeFiles({ config: '' });
  assert.match(
    (await runCommand(['health', '--config', `${config}.none`])).errors,
    /does not exist\. The folder has a file `config`\.\n$/,
  );
  assert.match((await runCommand(['health', '--config', join(config, '..')])).errors, /is not a file\.\n$/);
});

test('health: a pipe that nobody writes to, in a process of its own', () => {
  const { config } = writeFiles({ config: '' });
  spawnSync('mkfifo', [`${config}.pipe`]);
  const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
  const { status, stderr } = spawnSync(process.execPath, [main, 'health', '--config', `${config}.pipe`], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.deepEqual([status, stderr], [1, `mintproc health: ${config}.pipe is not a file.\n`]);
});

async function askedAt(admin: string, isLate = false): Promise<Result> {
  const { config } = writeFiles({ config: `admin: "${admin}"\npolicies: []\n` });
  return health(config, isLate);
}

type Result = Awaited<ReturnType<typeof runCommand>>;

/**
 * The command counts its time from the start of the process, so in this one it has 0.2 s at most. A busy machine may
 * take longer. A result that says so counts only if it is expected or comes every time.
 */
async function health(config: string, isLate = false): Promise<Result> {
  for (let attempts = 1; ; attempts++) {
    const result = await runCommand(['health', '--config', config]);
    const isOver = /no answer in time|takes too long to read/.test(result.out + result.errors);
    if (isLate || !isOver || attempts === 20) return result;
  }
}
