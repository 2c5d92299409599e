import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/diagnostics/json.ts';
import type { ProcessingRequest, Struct, Value } from '../../src/extproc/messages.ts';
import { readRequest } from '../../src/extproc/wire.ts';
import { defaultLimits } from './default-limits.ts';
import { processMethod } from './stream-client.ts';

const limits = { ...defaultLimits, metadataDepth: 3 };

const values: [name: string, value: Value, expected: JsonValue][] = [
  ['a text', { stringValue: 'x' }, 'x'],
  ['an empty text', { stringValue: '' }, ''],
  ['a number', { numberValue: 1.5 }, 1.5],
  ['zero', { numberValue: 0 }, 0],
  ['what is no JSON number', { numberValue: Number.NaN }, null],
  ['an infinity', { numberValue: Number.POSITIVE_INFINITY }, null],
  ['false', { boolValue: false }, false],
  ['null', { nullValue: 'NULL_VALUE' }, null],
  ['an empty value', {}, null],
  ['an object without members', { structValue: {} }, {}],
  ['an object', { structValue: { fields: { a: { boolValue: true } } } }, { a: true }],
  ['an empty list', { listValue: {} }, []],
  ['a list', { listValue: { values: [{ stringValue: 'a' }, {}] } }, ['a', null]],
];

for (const [name, value, expected] of values) {
  test(`reads metadata: ${name}`, () => {
    const message = { metadata_context: { filter_metadata: { space: { fields: { member: value } } } } };
    assert.deepEqual(plain(readRequest(message, undefined, limits).metadata.whole()), { space: { member: expected } });
  });
}

/** A Struct that nests `depth` deep, through objects or through lists. */
function nested(depth: number, through: 'object' | 'list'): Struct {
  let value: Value = { stringValue: 'end' };
  for (let level = 1; level < depth; level++) {
    value = through === 'list' ? { listValue: { values: [value] } } : { structValue: { fields: { a: value } } };
  }
  return { fields: { a: value } };
}

const depths: [name: string, message: ProcessingRequest, allowed: boolean][] = [
  ['objects at the bound', { metadata_context: { filter_metadata: { s: nested(3, 'object') } } }, true],
  ['objects one deeper', { metadata_context: { filter_metadata: { s: nested(4, 'object') } } }, false],
  ['lists at the bound', { metadata_context: { filter_metadata: { s: nested(3, 'list') } } }, true],
  ['lists one deeper', { metadata_context: { filter_metadata: { s: nested(4, 'list') } } }, false],
  ['attributes at the bound', { attributes: { f: nested(3, 'object') } }, true],
  ['attributes one deeper', { attributes: { f: nested(4, 'object') } }, false],
];

for (const [name, message, allowed] of depths) {
  test(`limits the depth of ${name}`, () => {
    if (allowed) readRequest(message, undefined, limits);
    else assert.throws(() => readRequest(message, undefined, limits), { code: 'extproc.metadata-too-deep' });
  });
}

test('attributes of all filters are one set', () => {
  const attributes = {
    'envoy.filters.http.ext_proc': { fields: { 'request.protocol': { stringValue: 'HTTP/1.1' } } },
    'mintproc-filter': { fields: { 'connection.mtls': { boolValue: false } } },
  };
  const read = readRequest({ attributes }, undefined, limits).attributes;
  assert.equal(read.get('request.protocol'), 'HTTP/1.1');
  assert.equal(read.get('connection.mtls'), false);
  assert.equal(read.get('__proto__'), undefined);
});

test('a request without headers, attributes or metadata', () => {
  const { headers, attributes, metadata, routePolicy } = readRequest({}, 'partner', limits);
  assert.deepEqual(headers.all, []);
  assert.equal(attributes.get('source.address'), undefined);
  assert.deepEqual(metadata.names(), []);
  assert.equal(routePolicy, 'partner');
});

test('names of built-in members are names like any other', () => {
  const fields: Record<string, Value> = Object.fromEntries(
    ['__proto__', 'constructor', 'toString'].map((name) => [
      name,
      { structValue: { fields: { a: { boolValue: true } } } },
    ]),
  );
  const { metadata } = readRequest({ metadata_context: { filter_metadata: { space: { fields } } } }, undefined, limits);
  assert.equal(metadata.get('constructor'), undefined);
  assert.equal(metadata.view('space')?.get('hasOwnProperty'), undefined);
  assert.equal(
    JSON.stringify(metadata.whole()),
    '{"space":{"__proto__":{"a":true},"constructor":{"a":true},"toString":{"a":true}}}',
  );
});

const { requestSerialize, requestDeserialize } = processMethod();

test('messages that are encoded like Envoy does are decoded correctly', () => {
  const name = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__proto__');
  const json = fc.jsonValue({ maxDepth: 5, noUnicodeString: false }).map((value) => value as JsonValue);
  const object = fc.dictionary(name, json, { noNullPrototype: true });
  const headers = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })));
  fc.assert(
    fc.property(
      headers,
      object,
      fc.dictionary(name, object, { noNullPrototype: true }),
      (pairs, attributes, metadata) => {
        const message: ProcessingRequest = {
          request_headers: {
            headers: { headers: pairs.map(([key, value]) => ({ key, raw_value: Buffer.from(value) })) },
            end_of_stream: true,
          },
          attributes: { 'envoy.filters.http.ext_proc': structOf(attributes) },
          metadata_context: {
            filter_metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, structOf(value)])),
          },
        };
        const decoded = requestDeserialize(requestSerialize(message));
        assert.equal(decoded.request, 'request_headers');
        const read = readRequest(decoded, undefined, defaultLimits);
        assert.deepEqual(read.headers.all, pairs);
        for (const [key, value] of Object.entries(attributes)) {
          assert.deepEqual(plain(read.attributes.get(key)), JSON.parse(JSON.stringify(value)));
        }
        assert.deepEqual(plain(read.metadata.whole()), JSON.parse(JSON.stringify(metadata)));
      },
    ),
  );
});

test('a member named __proto__ does not become a prototype on its way through the codec', () => {
  const bytes = requestSerialize({
    metadata_context: { filter_metadata: { space: structOf(JSON.parse('{"__proto__":{"admin":true},"a":1}')) } },
  });
  const { metadata } = readRequest(requestDeserialize(bytes), undefined, defaultLimits);
  assert.equal(metadata.view('space')?.get('admin'), undefined);
  assert.equal(metadata.view('space')?.get('a'), 1);
});

/** Restores prototypes, because strict equality compares them. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function structOf(object: JsonObject): Struct {
  return { fields: Object.fromEntries(Object.entries(object).map(([name, value]) => [name, encoded(value)])) };
}

function encoded(value: JsonValue): Value {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(encoded) } };
  return { structValue: structOf(value as JsonObject) };
}
