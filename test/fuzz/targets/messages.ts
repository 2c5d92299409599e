/**
 * @module
 * Messages of Envoy, by both codecs; the frames, header blocks and strings of HTTP/2; and requests to the small HTTP
 * server.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../../src/diagnostics/json.ts';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { decodeCheck } from '../../../src/extproc/authz/wire-check.ts';
import { decodeRequest } from '../../../src/extproc/codec/decode-request.ts';
import { WireFormatError } from '../../../src/extproc/codec/protobuf-reader.ts';
import type { ProcessingRequest } from '../../../src/extproc/messages.ts';
import { HeadMemory } from '../../../src/extproc/transports/native/head-memory.ts';
import { HpackDecoder } from '../../../src/extproc/transports/native/hpack-decoder.ts';
import { encodeBlock } from '../../../src/extproc/transports/native/hpack-encoder.ts';
import { decodeHuffman } from '../../../src/extproc/transports/native/huffman.ts';
import { ConnectionError } from '../../../src/extproc/transports/native/protocol.ts';
import { readRequestHead } from '../../../src/extproc/transports/native/request-head.ts';
import { readRequest } from '../../../src/extproc/wire.ts';
import { readHead } from '../../../src/observe/http-request.ts';
import { described } from '../../extproc/codec/described.ts';
import { defaultLimits } from '../../extproc/default-limits.ts';
import { messageWith } from '../../extproc/shuffled-message.ts';
import { processMethod } from '../../extproc/stream-client.ts';
import { FuzzedConnections } from '../../extproc/transports/native/fuzzed-connection.ts';
import { HpackModel } from '../../extproc/transports/native/hpack-model.ts';
import { checkMessage } from '../../extproc/transports/native/messages.ts';
import { callBlock, data, open, requestMessage, settings } from '../../extproc/transports/native/raw-client.ts';
import { type FuzzTarget, require } from '../target.ts';

const { requestDeserialize, requestSerialize } = processMethod();

/** What is read of a message; undefined if it is refused. */
function read(decode: () => ProcessingRequest): Readonly<Record<string, unknown>> | undefined {
  try {
    const request = readRequest(decode(), 'partner', defaultLimits);
    const metadata = request.metadata.whole();
    require(!inheritsMembers(metadata), 'an object of the metadata inherits members');
    // The object of all namespaces does not count.
    require(depthOf(metadata) <= defaultLimits.metadataDepth + 1, 'the metadata is nested too deeply');
    return described(request);
  } catch (error) {
    if (error instanceof MintError || error instanceof WireFormatError) return undefined;
    throw error;
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function nestedObjects(levels: number): JsonObject {
  return levels === 0 ? {} : { b: nestedObjects(levels - 1) };
}

/** Whether a name that a client did not send is a member of an object, as with an object literal. */
function inheritsMembers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(inheritsMembers);
  const members = Object.values(value);
  return members.length > 0 && ('valueOf' in value || members.some(inheritsMembers));
}

/** What our codec reads of a message. It must not depend on the bytes before and after it. */
function readAmongOthers(
  bytes: Buffer,
  decode: (bytes: Buffer, start: number, end: number) => ProcessingRequest,
): Readonly<Record<string, unknown>> | undefined {
  const alone = read(() => decode(bytes, 0, bytes.length));
  const others = Buffer.concat([bytes, bytes, bytes]);
  const among = read(() => decode(others, bytes.length, 2 * bytes.length));
  require(isDeepStrictEqual(among, alone), 'what is around the message changes it');
  return alone;
}

/** With the last member of each value of a Struct: the generic codec keeps all that it has read. */
function withOneKind<T>(read: T): T {
  if (typeof read !== 'object' || read === null) return read;
  if (Array.isArray(read)) return read.map(withOneKind) as T;
  const { kind } = read as { readonly kind?: unknown };
  const members = Object.entries(read).filter(([name]) => typeof kind !== 'string' || name === kind);
  return Object.fromEntries(members.map(([name, member]) => [name, withOneKind(member)])) as T;
}

/**
 * The headers, attributes and metadata of the message as the generic codec writes them after it has read them: it also
 * reads fields of a wrong wire type, and several members of a oneof, of which ours reads the last. Undefined if it refuses the
 * message: its errors have no class of their own.
 */
function written(bytes: Buffer): Buffer | undefined {
  try {
    const { request_headers = {}, attributes, metadata_context } = requestDeserialize(bytes);
    const structs = { ...(attributes && { attributes }), ...(metadata_context && { metadata_context }) };
    return requestSerialize({ request_headers, ...withOneKind(structs) });
  } catch {
    return undefined;
  }
}

const metadata: Readonly<Record<string, JsonObject>> = {
  space: { a: [1, 'b', { c: null, d: true }], ['__proto__']: { e: 'f' }, n: -1.5 },
};

export const processingRequests: FuzzTarget = {
  property: 'A message of ext_proc is refused, or has the headers and metadata that the generic codec reads.',
  form: 'bytes',
  seeds: () => [
    messageWith(metadata, (members) => members, [
      [':path', '/a?b=c'],
      ['x-tenant', 'é'],
    ]),
    messageWith({}, (members) => members, [[':method', 'GET']]),
    ...[defaultLimits.metadataDepth - 1, defaultLimits.metadataDepth].map((levels) =>
      messageWith({ a: nestedObjects(levels) }, (members) => members),
    ),
  ],
  maxBytes: 1_024,
  run({ bytes }) {
    const ours = readAmongOthers(bytes, decodeRequest);
    const again = written(bytes);
    if (again !== undefined) {
      const one = read(() => decodeRequest(again, 0, again.length));
      const other = read(() => requestDeserialize(again));
      require(isDeepStrictEqual(one, other), 'the codecs differ');
    }
    return ours === undefined ? 0 : JSON.stringify(ours).length;
  },
  maxOutput: (bytes) => 5_000 + 500 * bytes,
};

export const checkRequests: FuzzTarget = {
  property: 'A message of ext_authz is refused or read.',
  form: 'bytes',
  seeds: () => [checkMessage(3, true), checkMessage(1, false)],
  maxBytes: 1_024,
  run({ bytes }) {
    const ours = readAmongOthers(bytes, decodeCheck);
    return ours === undefined ? 0 : JSON.stringify(ours).length;
  },
  maxOutput: (bytes) => 5_000 + 500 * bytes,
};

/** More than any block of these inputs has. */
const listBytes = 65_536;

function fieldsOf(bytes: Buffer): ReturnType<HpackDecoder['decode']> {
  return new HpackDecoder(listBytes).decode(bytes, 0, bytes.length);
}

export const headerBlocks: FuzzTarget = {
  property: 'A header block is refused, or has the same fields after it is encoded again.',
  form: 'bytes',
  seeds: () => [
    callBlock(),
    Buffer.from('828684410f7777772e6578616d706c652e636f6d', 'hex'),
    Buffer.from('828684418cf1e3c2e5f23a6ba0ab90f4ff', 'hex'),
    Buffer.from('3fe11f400a637573746f6d2d6b65790d637573746f6d2d686561646572be', 'hex'),
  ],
  refusals: [ConnectionError],
  maxBytes: 512,
  run({ bytes }) {
    decodeHuffman(bytes, 0, bytes.length);
    const fields = fieldsOf(bytes);
    if (fields === undefined) return 0;
    const pairs = fields.map(([name, value]): [string, string] => [name, value]);
    const again = fieldsOf(encodeBlock(pairs));
    require(isDeepStrictEqual(
      again?.map(([name, value]) => [name, value]),
      pairs,
    ), 'the fields differ');
    return pairs.reduce((length, [name, value]) => length + name.length + value.length, 0);
  },
  maxOutput: () => listBytes,
};

/** Blocks, each after a byte with its length. */
function* blocksIn(bytes: Buffer): Generator<readonly [start: number, end: number], void> {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + (bytes[at] ?? 0));
    yield [at + 1, end];
    at = end;
  }
}

function inBlocks(...hex: readonly string[]): Buffer {
  return Buffer.concat(hex.map((block) => Buffer.from([block.length / 2, ...Buffer.from(block, 'hex')])));
}

function refusedOr<T>(read: () => T): T | 'refused' {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConnectionError) return 'refused';
    throw error;
  }
}

/** Each sequence comes twice, so that a block comes again after the table has changed. */
export const headerSequences: FuzzTarget = {
  property: 'The header blocks of a connection have the fields that RFC 7541 gives them, and the heads of these.',
  form: 'bytes',
  seeds: () => [
    inBlocks(
      '82864188f439ce75c875fa5784',
      '828684be',
      '5886a8eb10649cbf',
      'be',
      '20',
      '3fe11f40016101 62be'.replace(' ', ''),
    ),
    inBlocks('3f01400161016240016301 64'.replace(' ', ''), 'bf', '200f2f0161', '3fe11f', '0f2f7f80808001'),
    // `:path` of the last block is another than that of the same block before.
    inBlocks('838644022f61', '8386be', '838644022f62', '8386be'),
    Buffer.concat([Buffer.from([callBlock().length]), callBlock(), inBlocks('4001610162', '83be')]),
  ],
  maxBytes: 512,
  run({ bytes }) {
    const [decoder, model] = [new HpackDecoder(listBytes), new HpackModel()];
    const heads = new HeadMemory(new HpackDecoder(listBytes));
    for (const [start, end] of [...blocksIn(bytes), ...blocksIn(bytes)]) {
      const expected = model.decode(bytes.subarray(start, end)) ?? 'refused';
      const fields = refusedOr(() => decoder.decode(bytes, start, end));
      const head = refusedOr(() => heads.read(bytes, start, end));
      if (fields === undefined) return undefined;
      require(isDeepStrictEqual(fields, expected), 'the fields differ from the model');
      if (expected === 'refused') {
        require(head === 'refused', 'a head is read of a block that is refused');
        return undefined;
      }
      require(isDeepStrictEqual(head, readRequestHead(expected) ?? 'malformed'), 'it has the head of another block');
    }
    return undefined;
  },
};

let connections: FuzzedConnections | undefined;

/** A byte that says how long the pieces are in which the rest arrives (0: all at once), and what a client sends. */
export const frames: FuzzTarget = {
  property: 'Bytes of a client bring about answers, resets and the end of its connection, and close all its streams.',
  form: 'bytes',
  seeds: () =>
    [
      Buffer.concat([settings(), open(1, callBlock()), data(1, requestMessage)]),
      Buffer.concat([settings(), open(1, callBlock()), open(3, callBlock()), data(3, requestMessage, true)]),
      Buffer.concat([
        settings([4, 1]),
        Buffer.from('00000403000000000100000008000008060000000000', 'hex'),
        Buffer.alloc(8),
      ]),
    ].flatMap((sent) => [0, 5].map((length) => Buffer.concat([Buffer.from([length]), sent]))),
  maxBytes: 2_048,
  async run({ bytes }) {
    connections ??= new FuzzedConnections();
    connections.connect(Buffer.alloc(0));
    const length = bytes[0] || bytes.length;
    for (let at = 1; at < bytes.length && connections.isOpen; at += length) {
      connections.receive(bytes.subarray(at, at + length));
    }
    const defects = await connections.end();
    require(defects.length === 0, defects.join('\n'));
    return undefined;
  },
};

/** Every name that was sent, and values whose parts were: nothing that objects have of themselves. */
function requireSentFields(head: string, headers: Readonly<Record<string, string | undefined>>): void {
  const lines = head.trim().split('\r\n').slice(1);
  const sent = new Set(lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase()));
  require(isDeepStrictEqual(new Set(Object.keys(headers)), sent), 'the names of the fields are others');
  const isSent = (value = ''): boolean => value.split(', ').every((part) => head.includes(part));
  require(Object.values(headers).every(isSent), 'a field has a value that was not sent');
}

export const adminRequests: FuzzTarget = {
  property: 'The head of an HTTP request is refused, or has the fields that were sent, whatever follows it.',
  form: 'bytes',
  seeds: () => [
    'GET /metrics HTTP/1.1\r\nhost: a\r\naccept: text/plain, */*;q=0.1\r\n\r\n',
    '\r\nHEAD http://a/ready?x HTTP/1.0\r\nconnection: keep-alive\r\n\r\nGET',
    'POST /level HTTP/1.1\r\nHost: a:1\r\nContent-Length: 4\r\nConnection: close\r\n\r\ninfo',
  ],
  words: [
    'HTTP/1.1\r\n',
    '\r\n\r\n',
    'host: ',
    'constructor: a\r\n',
    'content-length: ',
    'transfer-encoding: chunked',
    '__proto__: a\r\n',
  ],
  maxBytes: 9_000,
  run({ bytes }) {
    const head = readHead(bytes);
    if (head.kind !== 'request') return 0;
    require(head.length <= bytes.length, 'the head is longer than the bytes');
    const exact = readHead(bytes.subarray(0, head.length));
    require(isDeepStrictEqual(exact, head), 'bytes after the head change it');
    const before = readHead(bytes.subarray(0, head.length - 1));
    require(before.kind !== 'request', 'a head is read before its end');
    requireSentFields(bytes.toString('latin1', 0, head.length), head.request.headers);
    return JSON.stringify(head).length;
  },
  maxOutput: (bytes) => 500 + 8 * bytes,
};
