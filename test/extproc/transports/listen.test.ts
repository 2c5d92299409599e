import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Listener, listening } from '../../../src/net/listen.ts';

/** Listens at one address. */
async function listen(address: string, onConnection: (socket: Socket) => void): Promise<Listener> {
  const [listener] = await listening([address])(onConnection);
  assert.ok(listener);
  return listener;
}

/**
 * `TAKEN` stands for the port of a live listener, `FOLDER` for a folder with `file` and the live socket `live.sock`.
 */
const refused: [name: string, address: string, code: string, sentence: RegExp][] = [
  ['a malformed address', 'localhost', 'extproc.bad-address', /^Cannot listen at "localhost": write HOST:PORT, /],
  [
    'a taken port',
    'TAKEN',
    'extproc.listen-failed',
    /^Cannot listen at 127\.0\.0\.1:\d+: the address is already in use\.$/,
  ],
  [
    'the socket of a live process',
    'unix:FOLDER/live.sock',
    'extproc.listen-failed',
    /live\.sock: the address is already in use/,
  ],
  ['a file that is not a socket', 'unix:FOLDER/file', 'extproc.listen-failed', /file: a file or folder that is not a/],
  ['a folder', 'unix:FOLDER', 'extproc.listen-failed', /: a file or folder that is not a socket has this path; remove/],
  ['a missing folder', 'unix:FOLDER/none/a.sock', 'extproc.listen-failed', /: the folder does not exist\.$/],
  [
    'a file for a folder',
    'unix:FOLDER/file/a.sock',
    'extproc.listen-failed',
    /: a part of the path is not a folder\.$/,
  ],
  ['a path too long for a socket', `unix:/${'x'.repeat(107)}`, 'extproc.bad-address', /at most 107 bytes/],
  ['a foreign address', '192.0.2.1:0', 'extproc.listen-failed', /: this machine does not have that address\.$/],
];

for (const [name, address, code, sentence] of refused) {
  test(`refuses ${name}`, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    const taken = await listen('127.0.0.1:0', (socket) => socket.destroy());
    const live = await listen(`unix:${join(folder, 'live.sock')}`, (socket) => socket.destroy());
    t.after(() => {
      taken.close();
      live.close();
    });
    const target = address.replace('TAKEN', taken.address).replace('FOLDER', folder);
    await assert.rejects(
      listen(target, () => undefined),
      { name: 'ListenError', code, message: sentence },
    );
    assert.equal(readFileSync(file, 'utf8'), 'kept');
    await once(connect(join(folder, 'live.sock')), 'connect');
  });
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-listen-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('the socket file of a dead process is replaced, and only owner and group may use the new one', async (t) => {
  const path = join(temporaryFolder(t), 'stale.sock');
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  assert.equal(statSync(path).isSocket(), true);
  const mask = process.umask();
  const listener = await listen(`unix:${path}`, (socket) => socket.end('new'));
  assert.equal(process.umask(), mask);
  assert.equal(statSync(path).mode & 0o777, 0o660);
  const [data] = await once(connect(path), 'data');
  assert.equal(String(data), 'new');
  listener.close();
});

test('port 0 takes a free port and says which', async () => {
  const listener = await listen('[::1]:0', (socket) => socket.end('six'));
  const port = Number(/^\[::1\]:(\d+)$/.exec(listener.address)?.[1]);
  const [data] = await once(connect(port, '::1'), 'data');
  assert.equal(String(data), 'six');
  listener.close();
});
