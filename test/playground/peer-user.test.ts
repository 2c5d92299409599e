/**
 * Whose connection it is, by the table of the system.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { endianness } from 'node:os';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { handlersOf } from '../../src/playground/calls.ts';
import { readPageFiles } from '../../src/playground/page-files.ts';
import { type Connection, isOfOtherUser } from '../../src/playground/peer-user.ts';
import { startServer } from '../../src/playground/server.ts';
import { ask, pageFolder, playgroundOf } from './client.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const of4: Connection = { remoteAddress: '127.0.0.1', remotePort: 4660, localAddress: '127.0.0.1', localPort: 80 };
const of6: Connection = { remoteAddress: '::1', remotePort: 4660, localAddress: '::1', localPort: 80 };
const one = '0100007F';
const two = '0200007F';
const six = '00000000000000000000000001000000';
const mapped = '0000000000000000FFFF00000100007F';

function row(local: string, remote: string, state: string, uid: number): string {
  return `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 1 2 0 20 0 0 10 -1\n`;
}

const ours = row(`${one}:0050`, `${one}:1234`, '01', 1000);

const tables: [name: string, connection: Connection, table: string, isOther: boolean][] = [
  ['the own user', of4, row(`${one}:1234`, `${one}:0050`, '01', 1000), false],
  ['root', of4, row(`${one}:1234`, `${one}:0050`, '01', 0), false],
  ['another user', of4, row(`${one}:1234`, `${one}:0050`, '01', 1001), true],
  ['another user at ::1', of6, row(`${six}:1234`, `${six}:0050`, '01', 1001), true],
  ['the own user at ::1', of6, row(`${six}:1234`, `${six}:0050`, '01', 1000), false],
  ['another user by a socket of IPv6', of4, row(`${mapped}:1234`, `${mapped}:0050`, '01', 1001), true],
  [
    'an end that its program has closed, which is shown as that of root',
    of4,
    row(`${one}:1234`, `${one}:0050`, '05', 0),
    true,
  ],
  ['an end that is listed no more', of4, ours, true],
  [
    'the own user has the same ports at another address',
    of4,
    `${row(`${two}:1234`, `${one}:0050`, '01', 1000)}${ours}`,
    true,
  ],
  ['the own user has the same port to elsewhere', of4, `${row(`${one}:1234`, `${one}:0051`, '01', 1000)}${ours}`, true],
  ['a table that does not know the connection', of4, '', false],
];

const skip = endianness() === 'LE' ? false : 'the tables are those of a little-endian machine';

for (const [name, connection, table, isOther] of tables) {
  test(`whose connection it is: ${name}`, { skip }, () => {
    assert.equal(
      isOfOtherUser(connection, 1000, () => [head, `${head}${table}`]),
      isOther,
    );
  });
}

test('where the system has no table, nobody is another user', () => {
  assert.equal(
    isOfOtherUser(of4, 1000, () => []),
    false,
  );
});

const isRoot = process.platform === 'linux' && process.geteuid?.() === 0;
const canTry = isRoot && spawnSync('curl', ['--version']).status === 0;

for (const host of ['127.0.0.1', '::1']) {
  test(`another user of the machine is refused at ${host}, with and without the key`, async (t) => {
    if (!canTry) return t.skip('needs root, to be another user, and curl');
    const page = readPageFiles(pageFolder());
    assert.ok(page);
    const place = { host, port: 0 };
    const running = await startServer(place, { page, handlers: handlersOf(playgroundOf()) }).catch(() => undefined);
    if (running === undefined) return t.skip('without IPv6');
    t.after(() => running.close());
    const { origin, hash } = new URL(running.url);
    const body = JSON.stringify({ key: hash.slice(1) });
    const json = 'content-type: application/json';
    const enter = ['--header', `origin: ${origin}`, '--header', json, '--data', body, `${origin}/api/enter`];
    const other = { uid: 65_534, gid: 65_534 };
    for (const line of [[running.url], enter]) {
      const asked = ['--silent', '--globoff', '--noproxy', '*', '--write-out', '%{http_code}', ...line];
      const { stdout } = await promisify(execFile)('curl', asked, { ...other, cwd: '/' });
      assert.match(stdout, /^This is the playground of another user of this machine\..*\n403$/);
    }
    assert.equal((await ask(running.url, {})).status, 200);
  });
}
