import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeRequest } from '../../../src/extproc/codec/decode-request.ts';
import { encodeDecision, encodeResponse } from '../../../src/extproc/codec/encode-response.ts';
import { readHeaders } from '../../../src/extproc/headers.ts';
import type { HttpBody, ProcessingRequest } from '../../../src/extproc/messages.ts';
import { respondTo } from '../../../src/extproc/respond.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import type { WireLimits } from '../../../src/extproc/wire-limits.ts';
import type { ObjectView } from '../../../src/request/object-view.ts';
import { defaultLimits } from '../default-limits.ts';
import { processMethod } from '../stream-client.ts';
import { described, withoutDefaults } from './described.ts';
import { decision, processingRequest, processingResponse } from './messages.ts';

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = processMethod();

/** The message between other bytes, as in a socket's buffer. */
function decodeAmid(bytes: Buffer): ProcessingRequest {
  return decodeRequest(Buffer.concat([Buffer.from([0xff, 0xff]), bytes, Buffer.from([0x0a])]), 2, 2 + bytes.length);
}

test('a message is decoded like by the generic codec', () => {
  fc.assert(
    fc.property(processingRequest, (message) => {
      const bytes = requestSerialize(message);
      const expected = requestDeserialize(bytes);
      const decoded = decodeAmid(bytes);
      assert.equal(decoded.request, expected.request);
      assert.equal(decoded.observability_mode, expected.observability_mode ?? false);
      assert.deepEqual(bodyOf(decoded), bodyOf(expected));
      assert.deepEqual(modesOf(decoded), modesOf(expected));
      if (decoded.request === 'request_trailers') {
        const fields = expected.request_trailers?.trailers?.headers ?? [];
        assert.deepEqual(decoded.trailers?.(defaultLimits).all, readHeaders(fields, defaultLimits));
        return;
      }
      const read = readRequest(decoded, 'partner', defaultLimits);
      const generic = readRequest(expected, 'partner', defaultLimits);
      assert.deepEqual(described(read), described(generic));
    }),
    { numRuns: 1000 },
  );
});

test('the generic codec decodes an encoded answer', () => {
  fc.assert(
    fc.property(processingResponse, (response) => {
      const { bytes, start, end } = encodeResponse(response);
      const expected = responseDeserialize(responseSerialize(response));
      assert.deepEqual(
        withoutDefaults(responseDeserialize(Buffer.from(bytes.subarray(start, end)))),
        withoutDefaults(expected),
      );
    }),
    { numRuns: 1000 },
  );
});

test('a decision is encoded like its response message', () => {
  fc.assert(
    fc.property(decision, (decided) => {
      const { bytes, start, end } = encodeDecision(decided);
      const written = responseDeserialize(Buffer.from(bytes.subarray(start, end)));
      const expected = responseDeserialize(responseSerialize(respondTo(decided)));
      assert.deepEqual(withoutDefaults(written), withoutDefaults(expected));
    }),
    { numRuns: 1000 },
  );
});

test('a message that is truncated or changed anywhere is either refused or decoded', () => {
  const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }), cut: fc.boolean() });
  fc.assert(
    fc.property(processingRequest, change, (message, { at, to, cut }) => {
      const whole = requestSerialize(message);
      if (whole.length === 0) return;
      const place = at % whole.length;
      const bytes = Buffer.from(cut ? whole.subarray(0, place) : whole);
      if (!cut) bytes[place] = to;
      assert.match(fate(bytes), /^(?:read|WireFormatError|extproc\.[a-z-]+)$/);
    }),
    { numRuns: 3000 },
  );
});

function fate(bytes: Buffer): string {
  try {
    readRequest(decodeAmid(bytes), undefined, defaultLimits);
    return 'read';
  } catch (error) {
    if (!(error instanceof Error)) return 'thrown';
    return 'code' in error ? String(error.code) : error.name;
  }
}

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

test('a message is kept for later', () => {
  fc.assert(
    fc.property(processingRequest, (message) => {
      const bytes = requestSerialize({ request_headers: {}, ...message });
      const request = readRequest(decodeAmid(bytes), undefined, defaultLimits);
      const own = Buffer.concat([Buffer.from([0xff]), bytes]);
      const kept = readRequest(decodeRequest(own, 1, own.length), undefined, defaultLimits);
      kept.keep?.();
      own.fill(0xff);
      assert.deepEqual(described(kept), described(request));
    }),
  );
});

test('fields that are not known are skipped, of every wire type', () => {
  const unknown = [0xf8, 1, 1, 0xf9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 1, 2, 9, 9, 0xfd, 1, 1, 2, 3, 4];
  const decoded = decodeRequest(...spread(Buffer.from([...unknown, 0x12, 0, ...unknown])));
  assert.equal(decoded.request, 'request_headers');
  assert.deepEqual(readRequest(decoded, undefined, limits).headers.all, []);
});

test('an unknown mode leaves the body with Envoy', () => {
  const modes = (request: number, response: number): unknown =>
    decodeRequest(...spread(Buffer.from([0x5a, 4, 0x08, request, 0x10, response]))).protocol_config;
  assert.deepEqual(modes(9, 4), { request_body_mode: 'NONE', response_body_mode: 'FULL_DUPLEX_STREAMED' });
  assert.deepEqual(modes(5, 9), { request_body_mode: 'GRPC', response_body_mode: 'NONE' });
});

test('a member named __proto__ is an ordinary member', () => {
  const bytes = Buffer.concat([
    Buffer.from([0x12, 0, 0x42, 26, 0x0a, 24, 0x0a, 1, 0x73, 0x12, 19, 0x0a, 17]),
    Buffer.from([0x0a, 9, ...Buffer.from('__proto__'), 0x12, 4, 0x1a, 2, 0x68, 0x69]),
  ]);
  const { metadata } = readRequest(decodeRequest(...spread(bytes)), undefined, defaultLimits);
  assert.equal(JSON.stringify(metadata.whole()), '{"s":{"__proto__":"hi"}}');
});

/** A length-delimited field. */
function part(field: number, ...content: readonly (Buffer | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((piece) => Buffer.from(piece)));
  return Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes]);
}

const text = part(3, 'x');
const object = part(5, part(1, part(1, 'a'), part(2, text)));
const unknown = part(9, 'later');

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
  ['what is not known changes nothing', Buffer.concat([object, unknown]), { a: 'x' }],
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

function bodyOf({ request_body, response_body }: ProcessingRequest): Required<HttpBody>[] {
  return [request_body ?? {}, response_body ?? {}].map((body) => ({
    body: body.body ?? Buffer.alloc(0),
    end_of_stream: body.end_of_stream ?? false,
    end_of_stream_without_message: body.end_of_stream_without_message ?? false,
    grpc_message_compressed: body.grpc_message_compressed ?? false,
  }));
}

function modesOf({ protocol_config: given }: ProcessingRequest): string[] {
  return [given?.request_body_mode ?? 'NONE', given?.response_body_mode ?? 'NONE'];
}
