/**
 * Messages of ext_proc, one example for each reason to decode or refuse something.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRequest } from '../../../src/extproc/codec/decode-request.ts';
import type { ProcessingRequest, ProcessingResponse, Struct } from '../../../src/extproc/messages.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import type { WireLimits } from '../../../src/extproc/wire-limits.ts';
import type { ObjectView } from '../../../src/request/object-view.ts';
import { defaultLimits } from '../default-limits.ts';
import { processMethod } from '../stream-client.ts';
import { assertAnswerAlike, assertBytesAlike, assertDecisionAlike, assertDecodedAlike } from './alike.ts';
import { later, part, partWithLater, structEntryWithLater } from './later-fields.ts';

const { requestSerialize } = processMethod();

const struct: Struct = {
  fields: {
    'x-b': { structValue: { fields: { é: { stringValue: 'ü' }, '': {} } } },
    'x-a': { stringValue: 'y'.repeat(200) },
    list: { listValue: { values: [{ boolValue: true }, { boolValue: false }, {}, { listValue: {} }] } },
    numbers: { listValue: { values: [{ numberValue: 1.5 }, { numberValue: 0 }, { numberValue: Number.NaN }] } },
    nothing: { nullValue: 'NULL_VALUE' },
    empty: { structValue: {} },
  },
};
const fields = {
  headers: [
    { key: ':path', raw_value: Buffer.from('/') },
    { key: 'x-a', value: 'text' },
    { key: 'x-b', value: 'text', raw_value: Buffer.from([0xc3, 0xa9]) },
    { key: 'x-b', raw_value: Buffer.from([0xe9]) },
    { key: 'x-b', value: 'text', raw_value: Buffer.alloc(0) },
    { key: 'authorization', raw_value: Buffer.alloc(200, 'a') },
    { key: '' },
  ],
};
const body = {
  body: Buffer.from('piece'),
  end_of_stream: true,
  end_of_stream_without_message: true,
  grpc_message_compressed: true,
};

const around: ProcessingRequest = {
  observability_mode: true,
  protocol_config: { request_body_mode: 'STREAMED', response_body_mode: 'BUFFERED' },
  attributes: { one: struct, other: { fields: { authorization: { stringValue: 'x' } } }, last: {} },
  metadata_context: { filter_metadata: { 'b-space': struct, 'a-space': {} } },
};
const whole: ProcessingRequest[] = [
  { ...around, request_headers: { headers: fields, end_of_stream: true } },
  { ...around, protocol_config: { request_body_mode: 'BUFFERED_PARTIAL' }, response_headers: { headers: fields } },
  { request_body: body },
  { response_body: body },
  { request_trailers: { trailers: fields } },
  { response_trailers: {} },
];
for (const message of whole) {
  test(`decoded like by the generic codec: ${Object.keys(message).at(-1)}`, () => assertDecodedAlike(message));
}

const mutation = {
  set_headers: ['x-a', 'é'].map((key) => ({
    header: { key, raw_value: Buffer.from(`${key} ü`) },
    append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' as const,
  })),
  remove_headers: ['x-c', 'x-d'],
};
const response = { response: { header_mutation: mutation } };
const streamed = { response: { body_mutation: { streamed_response: body } } };
const answers: ProcessingResponse[] = [
  { dynamic_metadata: struct, request_headers: response },
  { response_headers: response },
  { request_body: streamed },
  { response_body: streamed },
  { request_trailers: { header_mutation: mutation } },
  { response_trailers: {} },
  { immediate_response: { status: { code: 401 }, headers: mutation, body: Buffer.from('no'), details: 'why' } },
];
for (const answer of answers) {
  test(`the generic codec decodes ${Object.keys(answer).at(-1)}`, () => assertAnswerAlike(answer));
}

test('decisions are encoded like their response messages', () => {
  assertDecisionAlike({ kind: 'untouched', mints: [] });
  const set: [string, string][] = [
    ['x-a', 'one'],
    ['é', 'ü'],
  ];
  assertDecisionAlike({ kind: 'forward', mints: [], set, remove: ['x-c', 'x-d'] });
  assertDecisionAlike({ kind: 'forward', mints: [], set: [], remove: [], metadata: { a: [1, { b: 'c' }] } });
  for (const metadata of [undefined, { a: 'b' }]) {
    const forward = { kind: 'forward' as const, mints: [], set, remove: [], ...(metadata && { metadata }) };
    const permitted = { result: 'permitted' as const, for: 100, generation: 'g' };
    assertDecisionAlike({ ...forward, keeping: permitted });
    assertDecisionAlike({ ...forward, keeping: { result: 'time', generation: '' } });
  }
  const refusal = { status: 401, contentType: 'text/plain', body: 'no' };
  assertDecisionAlike({ kind: 'refuse', mints: [], refusal });
  assertDecisionAlike({ kind: 'refuse', mints: [], refusal: { ...refusal, headers: set } });
});

const limits: WireLimits = { headerCount: 2, headerBytes: 10, metadataDepth: 2 };

const messages: ReadonlyMap<string, string> = new Map([
  ['extproc.too-many-headers', 'The request has more than 2 headers.'],
  ['extproc.headers-too-large', 'The headers of the request have more than 10 bytes.'],
  ['extproc.metadata-too-deep', 'The metadata of the request is nested too deeply.'],
]);

const bounded: [name: string, message: ProcessingRequest, fate: string][] = [
  ['as many headers as allowed', headers('a', 'b'), 'read'],
  ['one header more', headers('a', 'b', 'c'), 'extproc.too-many-headers'],
  ['as many bytes as allowed', headers('aaaaa', 'bbbbb'), 'read'],
  ['one byte more', headers('aaaaa', 'bbbbbb'), 'extproc.headers-too-large'],
  ['attributes at the depth', { ...headers(), attributes: { f: nested(2) } }, 'read'],
  ['attributes one deeper', { ...headers(), attributes: { f: nested(3) } }, 'extproc.metadata-too-deep'],
  ['metadata at the depth', { ...headers(), metadata_context: { filter_metadata: { f: nested(2) } } }, 'read'],
  [
    'metadata one deeper',
    { ...headers(), metadata_context: { filter_metadata: { f: nested(3) } } },
    'extproc.metadata-too-deep',
  ],
  ['lists at the depth', { ...headers(), attributes: { f: listed(2) } }, 'read'],
  ['lists one deeper', { ...headers(), attributes: { f: listed(3) } }, 'extproc.metadata-too-deep'],
];

for (const [name, message, expected] of bounded) {
  test(`limits ${name}`, () => {
    const decoded = decodeRequest(...spread(requestSerialize(message)));
    const says = messages.get(expected);
    if (says === undefined) readRequest(decoded, undefined, limits);
    else assert.throws(() => readRequest(decoded, undefined, limits), { code: expected, message: says });
  });
}

const boundedTrailers: [texts: string[], fate: string][] = [
  [['aaaaa', 'bbbbb'], 'read'],
  [['a', 'b', 'c'], 'extproc.too-many-headers'],
  [['aaaaa', 'bbbbbb'], 'extproc.headers-too-large'],
];
for (const [texts, expected] of boundedTrailers) {
  test(`trailers ${texts}: ${expected}`, () => {
    const trailers = { headers: texts.map((key) => ({ key })) };
    const decoded = decodeRequest(...spread(requestSerialize({ request_trailers: { trailers } })));
    if (expected === 'read') assert.equal(decoded.trailers?.(limits).all.length, texts.length);
    else assert.throws(() => decoded.trailers?.(limits), { name: 'MintError', code: expected });
  });
}

const malformed: [name: string, bytes: number[]][] = [
  ['a tag alone', [0x12]],
  ['a length that passes the end', [0x12, 5, 0x0a]],
  ['a length of more than 31 bits', [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ['a number of eleven bytes', [0x50, ...Array(11).fill(0xff)]],
  ['a group', [0x0b, 0x0c]],
  ['a fixed number that is cut', [0x0d, 1, 2]],
  ['a double that is cut', [0x09, 1, 2, 3]],
  ['a body whose member passes its end', [0x22, 2, 0x0a, 3, 1, 1, 1]],
];

for (const [name, bytes] of malformed) {
  test(`refuses ${name}`, () => {
    assert.throws(() => decodeRequest(...spread(Buffer.from(bytes))), { name: 'WireFormatError' });
  });
}

for (const [phase, tag] of [
  ['headers', 0x12],
  ['trailers', 0x32],
] as const) {
  test(`${phase} that are malformed are refused`, () => {
    const decoded = decodeRequest(...spread(Buffer.from([tag, 3, 0x0a, 5, 1])));
    const read = (): unknown =>
      phase === 'trailers' ? decoded.trailers?.(limits) : readRequest(decoded, undefined, limits);
    assert.throws(read, ({ code, message, cause }) => {
      assert.deepEqual([code, message], ['extproc.malformed-message', "Envoy's message cannot be decoded."]);
      assert.equal(cause.name, 'WireFormatError');
      return true;
    });
  });
}

const field = partWithLater(1, part(1, 'x-a'), part(2, 'one'), part(3, 'two'));
const modes = Buffer.from([0x08, 1, 0x10, 2]);
const flags = Buffer.from([0x10, 1, 0x18, 1, 0x20, 1]);
const laterMessages: [name: string, content: Buffer[]][] = [
  ['headers', [partWithLater(2, partWithLater(1, field, field))]],
  ['trailers', [partWithLater(6, partWithLater(1, field))]],
  ['a body', [partWithLater(4, part(1, 'piece'), flags)]],
  ['a body of the response', [partWithLater(5, part(1, 'piece'), flags)]],
  ['modes', [part(2), partWithLater(11, modes)]],
  ['metadata', [part(2), partWithLater(8, structEntryWithLater(1))]],
  ['attributes', [part(2), structEntryWithLater(9), structEntryWithLater(9)]],
];
for (const [name, content] of laterMessages) {
  test(`fields that are not known are skipped: ${name}`, () => {
    assertBytesAlike(Buffer.concat([later, ...content, later]));
  });
}

test('an unknown mode leaves the body with Envoy', () => {
  const read = (request: number, response: number): unknown =>
    decodeRequest(...spread(Buffer.from([0x5a, 4, 0x08, request, 0x10, response]))).protocol_config;
  assert.deepEqual(read(9, 4), { request_body_mode: 'NONE', response_body_mode: 'FULL_DUPLEX_STREAMED' });
  assert.deepEqual(read(5, 9), { request_body_mode: 'GRPC', response_body_mode: 'NONE' });
});

test('a member named __proto__ is an ordinary member', () => {
  const bytes = Buffer.concat([
    Buffer.from([0x12, 0, 0x42, 26, 0x0a, 24, 0x0a, 1, 0x73, 0x12, 19, 0x0a, 17]),
    Buffer.from([0x0a, 9, ...Buffer.from('__proto__'), 0x12, 4, 0x1a, 2, 0x68, 0x69]),
  ]);
  const { metadata } = readRequest(decodeRequest(...spread(bytes)), undefined, defaultLimits);
  assert.equal(JSON.stringify(metadata.whole()), '{"s":{"__proto__":"hi"}}');
});

const text = part(3, 'x');
const object = part(5, part(1, part(1, 'a'), part(2, text)));

test('a member without a name has an empty one', () => {
  const bytes = Buffer.concat([part(2), part(8, part(1, part(1, 's'), part(2, part(1, part(2, text)))))]);
  const { metadata } = readRequest(decodeRequest(...spread(bytes)), undefined, limits);
  assert.deepEqual(metadata.view('s')?.get(''), 'x');
  assert.equal(JSON.stringify(metadata.whole()), '{"s":{"":"x"}}');
});

test('objects have no members but their own', () => {
  const whole = readRequest(decodeRequest(...spread(requestSerialize(headers()))), undefined, limits).metadata.whole();
  for (const name of ['constructor', 'toString', '__proto__']) assert.equal(name in whole, false, name);
});

const texts: [name: string, bytes: number[], expected: string][] = [
  ['a byte that is not UTF-8', [0x80], '\ufffd'],
  ['the last of ASCII', [0x7f], '\x7f'],
  ['a character of two bytes', [0xc2, 0x80], '\x80'],
  ['a long one that is not UTF-8', [...Buffer.alloc(99, 'x'), 0x80], `${'x'.repeat(99)}\ufffd`],
];
for (const [name, bytes, expected] of texts) {
  test(`texts of metadata: ${name}`, () => {
    const namespace = (...member: readonly Buffer[]): Buffer =>
      Buffer.concat([Buffer.from([0x12, 0]), part(8, part(1, part(1, 's'), part(2, part(1, ...member))))]);
    const view = (message: Buffer): ObjectView | undefined =>
      readRequest(decodeRequest(...spread(message)), undefined, limits).metadata.view('s');
    assert.equal(view(namespace(part(1, 'm'), part(2, part(3, Buffer.from(bytes)))))?.get('m'), expected);
    const named = view(namespace(part(1, Buffer.from(bytes))));
    assert.deepEqual([named?.names(), named?.get(expected), named?.get('m')], [[expected], null, undefined]);
  });
}

const kinds: [name: string, value: Buffer, expected: unknown][] = [
  ['an object', object, { a: 'x' }],
  ['of several kinds the last', Buffer.concat([object, text]), 'x'],
  ['of several kinds the last, an object', Buffer.concat([text, object]), { a: 'x' }],
  ['what is not known changes nothing', Buffer.concat([object, later]), { a: 'x' }],
  ['of several kinds the last, null', Buffer.concat([text, Buffer.from([0x08, 0])]), null],
  ['no kind', Buffer.alloc(0), null],
];

for (const [name, value, expected] of kinds) {
  test(`a view of a member: ${name}`, () => {
    const struct = part(2, part(1, part(1, 'm'), part(2, value)));
    const bytes = Buffer.concat([Buffer.from([0x12, 0]), part(8, part(1, part(1, 's'), struct))]);
    const { metadata } = readRequest(decodeRequest(...spread(bytes)), undefined, defaultLimits);
    const member = metadata.view('s')?.view('m');
    assert.equal(JSON.stringify(metadata.view('s')?.get('m')), JSON.stringify(expected));
    assert.equal(
      JSON.stringify(member?.whole()),
      typeof expected === 'object' && expected !== null ? JSON.stringify(expected) : undefined,
    );
  });
}

test('of several members or namespaces with one name the last counts', () => {
  const member = (value: string): Buffer => part(1, part(1, 'm'), part(2, part(3, value)));
  const namespace = (...members: readonly Buffer[]): Buffer => part(1, part(1, 's'), part(2, ...members));
  const metadata = part(8, namespace(member('1')), namespace(member('2'), member('3')));
  const bytes = Buffer.concat([Buffer.from([0x12, 0]), metadata]);
  const read = readRequest(decodeRequest(...spread(bytes)), undefined, defaultLimits).metadata;
  assert.deepEqual(read.names(), ['s']);
  assert.deepEqual(read.view('s')?.names(), ['m']);
  assert.equal(read.view('s')?.get('m'), '3');
  assert.equal(JSON.stringify(read.whole()), '{"s":{"m":"3"}}');
});

function spread(bytes: Buffer): [bytes: Buffer, start: number, end: number] {
  return [bytes, 0, bytes.length];
}

function headers(...texts: string[]): ProcessingRequest {
  return { request_headers: { headers: { headers: texts.map((key) => ({ key })) } } };
}

function nested(depth: number): { fields: Record<string, object> } {
  return { fields: { a: depth === 1 ? { stringValue: 'x' } : { structValue: nested(depth - 1) } } };
}

function listed(depth: number): { fields: Record<string, object> } {
  let value: object = { stringValue: 'x' };
  for (let level = 1; level < depth; level++) value = { listValue: { values: [value] } };
  return { fields: { a: value } };
}
