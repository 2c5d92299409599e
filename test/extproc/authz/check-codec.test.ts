import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CheckHeaders } from '../../../src/extproc/authz/check-headers.ts';
import type { CheckRequest } from '../../../src/extproc/authz/check-messages.ts';
import { encodeCheck } from '../../../src/extproc/authz/encode-check.ts';
import { checkMessage } from '../../../src/extproc/authz/read-check.ts';
import { respondToCheck } from '../../../src/extproc/authz/respond-check.ts';
import { decodeCheck } from '../../../src/extproc/authz/wire-check.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import type { WireLimits } from '../../../src/extproc/wire-limits.ts';
import type { IncomingRequest } from '../../../src/request/incoming-request.ts';
import { described, withoutDefaults } from '../codec/described.ts';
import { decision } from '../codec/messages.ts';
import { defaultLimits } from '../default-limits.ts';
import { checkMethod } from '../stream-client.ts';
import { checkRequest } from './checks.ts';

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = checkMethod();

/** The message between other bytes, as in a socket's buffer. */
function decodeAmid(bytes: Buffer, metadata?: string, limits: WireLimits = defaultLimits): IncomingRequest {
  const amid = Buffer.concat([Buffer.from([0xff, 0xff]), bytes, Buffer.from([0x0a])]);
  return readRequest(decodeCheck(amid, 2, 2 + bytes.length), metadata, limits);
}

const attributeNames = [
  ...['source.address', 'destination.address', 'request.protocol', 'request.scheme', 'source.principal'],
  ...['connection.requested_server_name', 'request.id', 'xds.route_name', 'connection.mtls'],
];

test('a check is decoded like by the generic codec', () => {
  fc.assert(
    fc.property(checkRequest, fc.option(fc.string(), { nil: undefined }), (check, metadata) => {
      const bytes = requestSerialize(check);
      const read = decodeAmid(bytes, metadata);
      const generic = readRequest(checkMessage(requestDeserialize(bytes)), metadata, defaultLimits);
      assert.deepEqual(described(read, attributeNames), described(generic, attributeNames));
      assert.equal(isDoubtful(read), isDoubtful(generic));
    }),
    { numRuns: 1000 },
  );
});

test('a check is kept for later', () => {
  fc.assert(
    fc.property(checkRequest, (check) => {
      const bytes = requestSerialize(check);
      const request = readRequest(decodeCheck(bytes, 0, bytes.length), undefined, defaultLimits);
      const before = described(readRequest(checkMessage(check), undefined, defaultLimits), attributeNames);
      request.keep?.();
      bytes.fill(0xff);
      assert.deepEqual(described(request, attributeNames), before);
    }),
  );
});

test('a check is read after others were decoded', () => {
  fc.assert(
    fc.property(checkRequest, checkRequest, (first, second) => {
      const [one, other] = [decodeAmid(requestSerialize(first)), decodeAmid(requestSerialize(second))];
      const generic = readRequest(checkMessage(first), undefined, defaultLimits);
      assert.deepEqual(described(one, attributeNames), described(generic, attributeNames));
      assert.ok(described(other, attributeNames));
    }),
  );
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

function isDoubtful({ headers }: IncomingRequest): boolean {
  return headers instanceof CheckHeaders && headers.isDoubtful;
}

test('a decision is encoded like its answer by the generic codec', () => {
  fc.assert(
    fc.property(decision, (decided) => {
      const { bytes, start, end } = encodeCheck(decided);
      const written = responseDeserialize(Buffer.from(bytes.subarray(start, end)));
      const expected = responseDeserialize(responseSerialize(respondToCheck(decided)));
      assert.deepEqual(withoutDefaults(written), withoutDefaults(expected));
    }),
    { numRuns: 1000 },
  );
});

test('a check that is truncated or changed anywhere is either refused or decoded', () => {
  const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }), cut: fc.boolean() });
  fc.assert(
    fc.property(checkRequest, change, (message, { at, to, cut }) => {
      const whole = requestSerialize(message);
      if (whole.length === 0) return;
      const place = at % whole.length;
      const bytes = Buffer.from(cut ? whole.subarray(0, place) : whole);
      if (!cut) bytes[place] = to;
      assert.match(fate(bytes), /^(?:read|extproc\.[a-z-]+)$/);
    }),
    { numRuns: 3000 },
  );
});

function fate(bytes: Buffer, limits?: WireLimits): string {
  try {
    described(decodeAmid(bytes, undefined, limits), attributeNames);
    return 'read';
  } catch (error) {
    if (!(error instanceof Error)) return 'thrown';
    return 'code' in error ? String(error.code) : error.name;
  }
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

test('fields that are not known are skipped', () => {
  const unknown = Buffer.from([0xf8, 1, 1, 0xf9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 1, 2, 9, 9, 0xfd, 1, 1, 2, 3, 4]);
  const known = requestSerialize({ attributes: { request: { http: { method: 'GET' } } } });
  assert.equal(decodeAmid(Buffer.concat([unknown, known, unknown])).headers.first(':method'), 'GET');
});

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
