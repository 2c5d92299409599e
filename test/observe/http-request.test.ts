import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxHeaderSize, readHead } from '../../src/observe/http-request.ts';

const host = 'Host: a\r\n';

const requests: [name: string, text: string, read: object][] = [
  ['a plain one', `GET /a HTTP/1.1\r\n${host}\r\n`, { method: 'GET', path: '/a', keepsAlive: true, hasBody: false }],
  ['a query', `GET /a?b=/c HTTP/1.1\r\n${host}\r\n`, { path: '/a' }],
  ['a whole URL', `GET http://a:1/b?c HTTP/1.1\r\n${host}\r\n`, { path: '/b' }],
  ['empty lines before it', `\r\n\r\nGET / HTTP/1.1\r\n${host}\r\n`, { path: '/' }],
  ['an unusual method', `M-SEARCH * HTTP/1.1\r\n${host}\r\n`, { method: 'M-SEARCH', path: '*' }],
  ['the last of its connection', `GET / HTTP/1.1\r\n${host}connection: Upgrade , Close\r\n\r\n`, { keepsAlive: false }],
  ['an old client', 'GET / HTTP/1.0\r\n\r\n', { keepsAlive: false, isHttp10: true }],
  [
    'an old client that stays',
    'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
    { keepsAlive: true, isHttp10: true },
  ],
  ['a body', `POST / HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`, { hasBody: true }],
  ['a body in chunks', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`, { hasBody: true }],
  [
    'fields',
    `GET / HTTP/1.1\r\n${host}If-None-Match:  "a"\t\r\nif-none-match: "b"\r\nX:\r\n\r\n`,
    { headers: { host: 'a', 'if-none-match': '"a", "b"', x: '' } },
  ],
  ['a field of the prototype', `GET / HTTP/1.1\r\n${host}__proto__: x\r\n\r\n`, {}],
];

for (const [name, text, expected] of requests) {
  test(`a request: ${name}`, () => {
    const head = readHead(Buffer.from(text, 'latin1'));
    assert.ok(head.kind === 'request');
    assert.equal(head.length, text.indexOf('\r\n\r\n', text.startsWith('\r') ? 4 : 0) + 4);
    const read = { ...head.request, headers: { ...head.request.headers } };
    for (const [member, value] of Object.entries(expected)) assert.deepEqual(Reflect.get(read, member), value, member);
  });
}

const refused: [name: string, text: string, status: number][] = [
  ['nothing but a line', 'hello\r\n\r\n', 400],
  ['a space too many', `GET  / HTTP/1.1\r\n${host}\r\n`, 400],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two hosts', `GET / HTTP/1.1\r\n${host}${host}\r\n`, 400],
  ['a folded field', `GET / HTTP/1.1\r\n${host}a: b\r\n c\r\n\r\n`, 400],
  ['a space before the colon', `GET / HTTP/1.1\r\n${host}a : b\r\n\r\n`, 400],
  ['no colon', `GET / HTTP/1.1\r\n${host}a\r\n\r\n`, 400],
  ['a zero byte', `GET / HTTP/1.1\r\n${host}a: \0\r\n\r\n`, 400],
  ['a letter outside ASCII in the target', `GET /\xe9 HTTP/1.1\r\n${host}\r\n`, 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['one byte too many', `GET / HTTP/1.1\r\n${host}a: `.padEnd(maxHeaderSize + 1, 'x').concat('\r\n\r\n'), 431],
  ['too much without an end', 'x'.repeat(maxHeaderSize + 1), 431],
];

for (const [name, text, status] of refused) {
  test(`refused: ${name}`, () => {
    assert.deepEqual(readHead(Buffer.from(text, 'latin1')), { kind: 'refused', status });
  });
}

test('as large as it may be', () => {
  const text = `GET / HTTP/1.1\r\n${host}a: `.padEnd(maxHeaderSize, 'x');
  assert.equal(readHead(Buffer.from(`${text}\r\n\r\n`)).kind, 'request');
  assert.equal(readHead(Buffer.from(text)).kind, 'incomplete');
});

test('a head in pieces is incomplete until its last byte', () => {
  const text = `GET / HTTP/1.1\r\n${host}\r\n`;
  for (let length = 0; length < text.length; length++) {
    assert.equal(readHead(Buffer.from(text.slice(0, length))).kind, 'incomplete');
  }
});
