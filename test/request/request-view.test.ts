import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList, noHeaders } from '../../src/request/header-fields.ts';
import { RequestView } from '../../src/request/request-view.ts';

const nowhere = { scheme: null, version: null, remoteAddress: null, localAddress: null };
const view = new RequestView(
  new HeaderList([
    [':method', 'GET'],
    [':path', '/a/../b?x=1&x=2&y=%20'],
    [':scheme', 'https'],
    ['x-a', '1'],
    ['x-a', '2'],
  ]),
  nowhere,
);

const derived: [name: string, actual: unknown, expected: unknown][] = [
  ['the method', view.method, 'GET'],
  ['the path, normalised', view.requestPath, '/b'],
  ['the path and query as they came', view.requestUri, '/a/../b?x=1&x=2&y=%20'],
  ['the query', view.queryString, 'x=1&x=2&y=%20'],
  [
    'the parameters, of repeats the last',
    [...view.queryParams()],
    [
      ['x', '2'],
      ['y', ' '],
    ],
  ],
  ['the first value of a header', view.header('x-a'), '1'],
  ['no such header', view.header('x-b'), undefined],
  ['the map of headers, of repeats the last', view.headerMap().get('x-a'), '2'],
  ['all headers in wire order', view.headers.all.length, 5],
  ['the scheme, from the pseudo-header', view.scheme, 'https'],
  ['the status, while a request comes in', view.statusCode, null],
];

for (const [name, actual, expected] of derived) test(`request: ${name}`, () => assert.deepEqual(actual, expected));

test('a request without anything has nothing', () => {
  const empty = new RequestView(noHeaders, nowhere);
  const { method, requestPath, requestUri, queryString, scheme, version, remoteAddress, localAddress } = empty;
  const all = [method, requestPath, requestUri, queryString, scheme, version, remoteAddress, localAddress];
  assert.deepEqual(
    all,
    all.map(() => null),
  );
  assert.equal(empty.queryParams().size, 0);
});

test('what the proxy knows stands before what headers say', () => {
  const surroundings = { scheme: 'http', version: 'HTTP/2', remoteAddress: '1.2.3.4:5', localAddress: '6.7.8.9:10' };
  const headers = new HeaderList([[':scheme', 'https']]);
  const { scheme, version, remoteAddress, localAddress } = new RequestView(headers, surroundings);
  assert.deepEqual({ scheme, version, remoteAddress, localAddress }, surroundings);
});
