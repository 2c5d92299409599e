/**
 * @module
 * The memory that clients can make the process hold, at the limits and above: per connection and for the process.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Decision } from '../../../../src/decision/decision.ts';
import { Later } from '../../../../src/diagnostics/later.ts';
import type { ServerOptions } from '../../../../src/extproc/server.ts';
import { memoryBounds, pieceOverhead } from '../../../../src/extproc/transports/native/memory.ts';
import { setting } from '../../../../src/extproc/transports/native/peer-settings.ts';
import { errorCode, flag, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { grpcMessage, headersMessage } from './messages.ts';
import {
  callBlock,
  checkPath,
  data,
  type Frame,
  frame,
  open,
  type RawClient,
  requestMessage,
  settings,
  uint32,
} from './raw-client.ts';
import { type Served, served } from './served.ts';

const largest = 4 * 1024 * 1024;
/** The start of a message of the maximum size, as much as fits into a window. */
const beginning = Buffer.concat([Buffer.from([0]), uint32(largest), Buffer.alloc(65_535 - 5)]);

/** Data in frames of the maximum size. */
function inFrames(id: number, bytes: Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 16_384) frames.push(data(id, bytes.subarray(at, at + 16_384)));
  return Buffer.concat(frames);
}

/** The streams that get a new window until the server has handled everything. */
async function windowsGiven(client: RawClient): Promise<number[]> {
  const given = new Set<number>();
  client.send(frame(frameType.ping, 0, 0, Buffer.from('windows?')));
  await client.next(({ type, stream, payload }) => {
    if (type === frameType.windowUpdate && stream > 0) given.add(stream);
    return type === frameType.ping && payload.equals(Buffer.from('windows?'));
  });
  return [...given];
}

/** Streams that begin a message of the maximum size, from `first` on. */
function begin(client: RawClient, first: number, count: number): void {
  for (let id = first; id < first + 2 * count; id += 2) client.send(open(id), inFrames(id, beginning));
}

const ofConnection = memoryBounds.largeOfConnection / largest;
const ofProcess = memoryBounds.large / largest;

test('120 incomplete messages of 4 MiB take the memory of four: the others wait with one window of data', async (t) => {
  const { client, observer } = await served(t);
  begin(client, 1, 120);
  const given = await windowsGiven(client);
  assert.deepEqual(given, [1, 3, 5, 7]);
  assert.equal(ofConnection, given.length);
  // A message that completes frees memory for the next.
  client.send(frame(frameType.reset, 0, 3, uint32(errorCode.cancel)));
  assert.deepEqual(await windowsGiven(client), [9]);
  for (let left = largest - (beginning.length - 5); left > 0; left -= 65_535) {
    client.send(inFrames(5, Buffer.alloc(Math.min(left, 65_535))));
    if (left > 65_535) assert.deepEqual(await windowsGiven(client), [5]);
  }
  // The message is complete.
  assert.ok((await windowsGiven(client)).includes(11));
  assert.equal(observer.memoryRefusals, 0);
});

test('large messages up to the memory limit arrive immediately, and one more waits for the first to end', async (t) => {
  const { connect } = await served(t);
  const clients: RawClient[] = [];
  for (let count = 0; count < ofProcess / ofConnection; count++) {
    const client = await connect();
    clients.push(client);
    begin(client, 1, ofConnection);
    assert.equal((await windowsGiven(client)).length, ofConnection);
  }
  const late = await connect();
  begin(late, 1, 1);
  assert.deepEqual(await windowsGiven(late), []);
  clients[0]?.socket.destroy();
  const window = await late.next(({ type, stream }) => type === frameType.windowUpdate && stream === 1);
  assert.equal(window?.payload.readUInt32BE(), 65_535);
});

const answerBytes = 30_000;
const answer: Decision = { kind: 'forward', set: [['x', 'y'.repeat(answerBytes)]], remove: [], mints: [] };
const request = grpcMessage(headersMessage(answerBytes, false));

interface Kind {
  readonly options: Partial<ServerOptions>;
  readonly first: Buffer;
  /** Default: a stream of ext_proc. */
  readonly block?: Buffer;
  /** The frames that a client sends on each stream. */
  readonly sent: Buffer;
  /** The memory that each stream takes. */
  readonly bytes: number;
}

/** The first allocation for a message in pieces. */
const kinds: Record<string, Kind> = {
  'the beginnings of messages': {
    options: {},
    first: settings(),
    sent: Buffer.concat([Buffer.from([0]), uint32(20_000), Buffer.from('x')]),
    bytes: 16_384,
  },
  'requests that wait for their decision': {
    options: { pin: () => () => new Later<Decision>() },
    first: settings(),
    sent: request,
    bytes: request.length - 5 + pieceOverhead,
  },
  'checks that wait for their decision': {
    options: { pin: () => () => new Later<Decision>() },
    first: settings(),
    block: callBlock({ ':path': checkPath }),
    sent: request,
    bytes: request.length - 5 + pieceOverhead,
  },
  'answers that are not taken': {
    options: { pin: () => () => answer },
    first: settings([setting.initialWindowSize, 0]),
    sent: requestMessage,
    // The names of fields and their lengths, around a header of one letter and its value.
    bytes: 5 + 25 + answerBytes + pieceOverhead,
  },
};

const isRefusal = ({ type, flags }: Frame): boolean =>
  type === frameType.reset || (type === frameType.headers && (flags & flag.endStream) !== 0);

/** Opens `count` streams that hold as much as they can. @returns the number of refused streams */
async function fill({ client }: Pick<Served, 'client'>, { block, sent }: Kind, count: number): Promise<number> {
  const refused = new Set<number>();
  for (let id = 1; id < 2 * count; id += 2) client.send(open(id, block), inFrames(id, sent));
  client.send(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
  await client.next((came) => {
    if (isRefusal(came)) refused.add(came.stream);
    return came.type === frameType.ping;
  });
  return refused.size;
}

function testEach(name: string, run: (t: TestContext, kind: Kind) => Promise<void>): void {
  for (const [what, kind] of Object.entries(kinds)) test(`${what}: ${name}`, (t) => run(t, kind));
}

testEach('at the limit of a connection all fit, and one more is refused', async (t, kind) => {
  const { client, observer, connect } = await served(t, kind.options, kind.first);
  const max = Math.floor(memoryBounds.connection / kind.bytes);
  assert.equal(await fill({ client }, kind, max), 0);
  assert.equal(observer.memoryRefusals, 0);
  const id = 2 * max + 1;
  client.send(open(id, kind.block), inFrames(id, kind.sent));
  const refused = await client.next((came) => came.stream === id && isRefusal(came));
  assert.match(
    `${refused?.payload.readUInt32BE()} ${refused?.payload.toString('latin1')}`,
    /^11 |extproc\.memory-full/,
  );
  assert.equal(observer.memoryRefusals, 1);
  // Another connection has a separate limit, and a connection that ends frees memory.
  assert.equal(await fill({ client: await connect(kind.first) }, kind, 1), 0);
  client.send(
    frame(frameType.reset, 0, 1, uint32(errorCode.cancel)),
    open(id + 2, kind.block),
    inFrames(id + 2, kind.sent),
  );
  assert.equal(await client.isServed(), true);
  assert.equal(observer.memoryRefusals, 1);
});

testEach('at the limit of the process all fit, and one more is refused', async (t, kind) => {
  const { observer, connect } = await served(t, kind.options, kind.first);
  const max = Math.floor(memoryBounds.process / kind.bytes);
  const each = Math.floor(memoryBounds.connection / kind.bytes);
  const clients: RawClient[] = [];
  for (let left = max; left > 0; left -= each) {
    const client = await connect(kind.first);
    clients.push(client);
    assert.equal(await fill({ client }, kind, Math.min(left, each)), 0);
  }
  const last = await connect(kind.first);
  assert.equal(await fill({ client: last }, kind, 1), 1);
  assert.equal(observer.memoryRefusals, 1);
  // A connection that ends frees memory for others.
  clients[0]?.socket.destroy();
  while (observer.closed <= each) assert.equal(await last.isServed(), true);
  last.send(open(3, kind.block), inFrames(3, kind.sent));
  assert.equal(await last.isServed(), true);
  assert.equal(observer.memoryRefusals, 1);
});
