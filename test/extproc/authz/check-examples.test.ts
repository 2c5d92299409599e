/**
 * Checks of ext_authz, one example for each reason to decode or refuse something.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckRequest } from '../../../src/extproc/authz/check-messages.ts';
import { checkMessage } from '../../../src/extproc/authz/read-check.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import type { WireLimits } from '../../../src/extproc/wire-limits.ts';
import { later, part, partWithLater, structEntryWithLater } from '../codec/later-fields.ts';
import { defaultLimits } from '../default-limits.ts';
import { checkMethod } from '../stream-client.ts';
import { assertAnswerAlike, assertBytesAlike, assertCheckAlike, decodeAmid, fate, isDoubtful } from './alike.ts';

const { requestSerialize, requestDeserialize } = checkMethod();

const socket = { socket_address: { address: '10.0.0.1', port_value: 443 } };
const texts = { method: 'GET', path: '/a', host: 'a.b', scheme: 'https', protocol: 'HTTP/2' };
const headers = { headers: [{ key: 'x-a', raw_value: Buffer.from('one') }, { key: 'x-a' }, { key: 'x-b' }] };
const attributeKinds: CheckRequest['attributes'][] = [
  { source: { address: socket, principal: 'spiffe://a' }, destination: { address: { pipe: { path: '/p' } } } },
  { source: { address: { pipe: { path: '/s' } } }, destination: { address: socket, principal: 'b' } },
  { source: { address: { socket_address: { address: '10.0.0.1' } } }, destination: {} },
  { request: { http: { ...texts, header_map: headers } }, tls_session: { sni: 'a.b' } },
  { request: { http: { ...texts, headers: { 'x-a': 'one', 'x-b': 'a,b' } } } },
  { context_extensions: { 'x-mintproc-policy': 'one', other: 'two' } },
  { context_extensions: { 'X-Mintproc-Policy': 'one' } },
  { context_extensions: { 'x-mintproc-policy': 'one', 'X-Mintproc-Policy': 'two' } },
  { metadata_context: { filter_metadata: { f: { fields: { a: { stringValue: 'x' } } }, g: {} } } },
];
for (const attributes of attributeKinds) {
  test(`decoded like by the generic codec: ${JSON.stringify(attributes).slice(0, 60)}`, () => {
    for (const metadata of [undefined, 'one']) assertCheckAlike({ attributes: attributes ?? {} }, metadata);
  });
}

test('decisions are encoded like their answers', () => {
  assertAnswerAlike({ kind: 'untouched', mints: [] });
  const set: [string, string][] = [
    ['x-a', 'one'],
    ['é', 'ü'],
  ];
  assertAnswerAlike({ kind: 'forward', mints: [], set, remove: ['x-c', 'x-d'] });
  assertAnswerAlike({ kind: 'forward', mints: [], set: [], remove: [], metadata: { a: [1, { b: 'c' }] } });
  const refusal = { status: 401, contentType: 'text/plain', body: 'no' };
  assertAnswerAlike({ kind: 'refuse', mints: [], refusal });
  assertAnswerAlike({ kind: 'refuse', mints: [], refusal: { ...refusal, headers: set } });
});

test('an extension without a value has an empty one', () => {
  const key = Buffer.from('x-mintproc-policy');
  const entry = Buffer.concat([Buffer.from([0x0a, key.length]), key]);
  const attributes = Buffer.concat([Buffer.from([0x52, entry.length]), entry]);
  const bytes = Buffer.concat([Buffer.from([0x0a, attributes.length]), attributes]);
  const generic = readRequest(checkMessage(requestDeserialize(bytes)), undefined, defaultLimits);
  assert.deepEqual([decodeAmid(bytes).routePolicy, generic.routePolicy], ['', '']);
});

const hidden: readonly [kind: string, headers: object][] = [
  ['raw', { header_map: { headers: [{ key: 'x-a', raw_value: Buffer.from('one') }] } }],
  ['joined', { headers: { 'x-a': 'one' } }],
];

for (const [kind, headers] of hidden) {
  test(`${kind} headers without the pseudo-headers, as with allowed_headers: the check has them`, () => {
    const http = { method: 'GET', path: '/a,b', host: 'a.b', scheme: 'http', ...headers };
    const bytes = requestSerialize({ attributes: { request: { http } } });
    const generic = readRequest(checkMessage(requestDeserialize(bytes)), undefined, defaultLimits);
    const expected = { ':authority': 'a.b', ':path': '/a,b', ':method': 'GET', ':scheme': 'http', 'x-a': 'one' };
    for (const request of [decodeAmid(bytes), generic]) {
      const { headers: fields } = request;
      for (const [name, value] of Object.entries(expected)) {
        assert.deepEqual([fields.first(name), fields.last(name), fields.values(name)], [value, value, [value]]);
      }
      assert.deepEqual(Object.fromEntries(fields.all), expected);
      for (const name of [':other', 'constructor', 'path']) {
        assert.deepEqual([fields.first(name), fields.last(name), fields.values(name)], [undefined, undefined, []]);
      }
      assert.equal(isDoubtful(request), false);
    }
  });
}

const limits: WireLimits = { headerCount: 2, headerBytes: 10, metadataDepth: 2 };

const bounded: [name: string, message: CheckRequest, fate: string][] = [
  ['as many joined headers as allowed', joined('a', 'b'), 'read'],
  ['one joined header more', joined('a', 'b', 'c'), 'extproc.too-many-headers'],
  ['as many raw headers as allowed', raw('a', 'b'), 'read'],
  ['one raw header more', raw('a', 'b', 'c'), 'extproc.too-many-headers'],
  ['as many bytes as allowed', joined('aaaaa', 'bbbbb'), 'read'],
  ['one byte more', joined('aaaaa', 'bbbbbb'), 'extproc.headers-too-large'],
  ['as many raw bytes as allowed', raw('aaaaa', 'bbbbb'), 'read'],
  ['one raw byte more', raw('aaaaa', 'bbbbbb'), 'extproc.headers-too-large'],
  ['metadata at the depth', metadata(2), 'read'],
  ['metadata one deeper', metadata(3), 'extproc.metadata-too-deep'],
];

for (const [name, message, expected] of bounded) {
  test(`limits ${name}`, () => {
    const bytes = requestSerialize(message);
    assert.equal(fate(bytes, limits), expected);
    const generic = (): unknown => readRequest(checkMessage(requestDeserialize(bytes)), undefined, limits);
    if (expected === 'read') generic();
    else assert.throws(generic, { name: 'MintError', code: expected });
  });
}

const malformed: [name: string, bytes: number[]][] = [
  ['a tag alone', [0x0a]],
  ['a length that passes the end', [0x0a, 5, 0x0a]],
  ['a number of eleven bytes', [0x08, ...Array(11).fill(0xff)]],
  ['a group', [0x0b, 0x0c]],
  ['a header that passes its message', [0x0a, 8, 0x22, 6, 0x12, 4, 0x1a, 2, 0x0a, 5]],
];

for (const [name, bytes] of malformed) {
  test(`refuses ${name}`, () => assert.equal(fate(Buffer.from(bytes)), 'extproc.malformed-message'));
}

const socketWithLater = partWithLater(1, partWithLater(1, part(2, '10.0.0.1'), Buffer.from([0x18, 80])));
const pipeWithLater = partWithLater(1, partWithLater(2, part(1, '/p')));
const entry = partWithLater(3, part(1, 'x-a'), part(2, 'one'));
const headerWithLater = partWithLater(1, part(1, 'x-a'), part(2, 'one'), part(3, 'two'));
const laterChecks: [name: string, content: Buffer][] = [
  ['peers', Buffer.concat([partWithLater(1, socketWithLater, part(4, 'me')), partWithLater(2, pipeWithLater)])],
  ['joined headers', partWithLater(4, partWithLater(2, part(2, 'GET'), entry, part(4, '/a')))],
  ['raw headers', partWithLater(4, partWithLater(2, partWithLater(13, headerWithLater)))],
  ['an extension without a name', partWithLater(10, part(2, 'one'))],
  ['an extension', partWithLater(10, part(1, 'x-mintproc-policy'), part(2, 'one'))],
  ['metadata', partWithLater(11, structEntryWithLater(1))],
  ['a session', partWithLater(12, part(1, 'a.b'))],
];
for (const [name, content] of laterChecks) {
  test(`fields that are not known are skipped: ${name}`, () => {
    assertBytesAlike(Buffer.concat([later, partWithLater(1, content), later]));
  });
}

type Http = NonNullable<NonNullable<CheckRequest['attributes']>['request']>['http'];

function check(http: Http): CheckRequest {
  return { attributes: { request: { http: http ?? {} } } };
}

function joined(...names: string[]): CheckRequest {
  return check({ headers: Object.fromEntries(names.map((name) => [name, ''])) });
}

function raw(...names: string[]): CheckRequest {
  return check({ header_map: { headers: names.map((key) => ({ key })) } });
}

function metadata(depth: number): CheckRequest {
  return { attributes: { metadata_context: { filter_metadata: { f: nested(depth) } } } };
}

function nested(depth: number): { fields: Record<string, object> } {
  return { fields: { a: depth === 1 ? { stringValue: 'x' } : { structValue: nested(depth - 1) } } };
}
