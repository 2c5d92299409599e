/**
 * Requests byte by byte: what no browser sends gets no answer of the page, and what a request says twice ends it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { readPageFiles } from '../../src/playground/page-files.ts';
import { type RunningPlayground, startServer } from '../../src/playground/server.ts';
import { pageFolder } from './client.ts';

const page = readPageFiles(pageFolder());
let running: RunningPlayground;
let calls = 0;

before(async () => {
  assert.ok(page);
  const open = async (): Promise<object> => {
    calls += 1;
    return {};
  };
  running = await startServer({ host: '127.0.0.1', port: 0 }, { page, handlers: new Map([['open', open]]) });
});
after(() => running.close());

const post = ['POST /api/open HTTP/1.1', 'HOST', 'Origin: ORIGIN', 'Content-Type: application/json'];

/** Lines of the head; HOST is the right `Host`. `Connection: close` is added, and the body follows. */
const requests: [name: string, head: readonly string[], body: string, statuses: readonly string[]][] = [
  ['HTTP/1.0 without a host', ['GET / HTTP/1.0'], '', ['403']],
  ['HTTP/1.1 without a host', ['GET / HTTP/1.1'], '', ['400']],
  ['an empty host', ['GET / HTTP/1.1', 'Host:'], '', ['403']],
  ['another host before the right one', ['GET / HTTP/1.1', 'Host: evil.example', 'HOST'], '', ['403']],
  ['a target in absolute form', ['GET http://evil.example/ HTTP/1.1', 'HOST'], '', ['404']],
  ['a target that begins with two slashes', ['GET //evil.example/ HTTP/1.1', 'HOST'], '', ['404']],
  ['a path with dots', ['GET /../page.js HTTP/1.1', 'HOST'], '', ['404']],
  ['a name of JavaScript', ['GET /__proto__ HTTP/1.1', 'HOST'], '', ['404']],
  ['a body whose length is said twice', [...post, 'Content-Length: 2', 'Content-Length: 3'], '{}', ['400']],
  ['a length and chunks', [...post, 'Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n', ['400']],
  ['a space before the colon', ['GET / HTTP/1.1', 'HOST', 'Content-Length : 2'], '{}', ['400']],
  ['a folded header', ['GET / HTTP/1.1', 'HOST', 'A: b', ' c'], '', ['400']],
  [
    'a request in the body of another',
    ['GET / HTTP/1.1', 'HOST', 'Content-Length: 27'],
    'GET /x HTTP/1.1\r\nHost: a\r\n\r\n',
    ['200'],
  ],
  ['a WebSocket', ['GET /api/open HTTP/1.1', 'HOST', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'], '', ['405']],
  ['a proxy is asked for', ['CONNECT 127.0.0.1:80 HTTP/1.1', 'HOST'], '', []],
  ['HTTP/2 from the start', ['PRI * HTTP/2.0', '', 'SM'], '', ['400']],
  ['an unknown expectation', [...post, 'Expect: x', 'Content-Length: 2'], '{}', ['417']],
  [
    'the question of a browser for another site',
    ['OPTIONS /api/open HTTP/1.1', 'HOST', 'Origin: http://a'],
    '',
    ['405'],
  ],
];

for (const [name, head, body, statuses] of requests) {
  test(name, async () => {
    const { origin, host } = new URL(running.url);
    const lines = head.map((line) => (line === 'HOST' ? `Host: ${host}` : line.replace('ORIGIN', origin)));
    const text = await answered([...lines, 'Connection: close', '', body].join('\r\n'));
    assert.deepEqual(
      [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status),
      statuses,
    );
    assert.doesNotMatch(text, /^access-control-/im);
    assert.equal(calls, 0);
  });
}

/** Everything that is answered until the connection ends. */
async function answered(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // A connection that is reset has ended, too.
  socket.on('error', () => undefined);
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return text;
}
