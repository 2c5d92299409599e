/**
 * @module
 * Restored windows: every event that empties a stream's queue lets its client send again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setting } from '../../../../src/extproc/transports/native/peer-settings.ts';
import { frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { defaultLimits } from '../../default-limits.ts';
import { bodyMessage, grpcMessage, headersMessage } from './messages.ts';
import { data, type Frame, frame, open, settings, uint32 } from './raw-client.ts';
import { served } from './served.ts';

/** Two messages: the answer to the first waits before half of the stream's window is used. */
const bodyBytes = 30_000;
const request = grpcMessage(headersMessage(0, true));
const body = grpcMessage(bodyMessage(Buffer.alloc(bodyBytes, 'x')));
const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));

function ask(id: number): Buffer {
  const message = [data(id, body.subarray(0, 16_384)), data(id, body.subarray(16_384))];
  return Buffer.concat([open(id), data(id, request), ...message, ...message]);
}

/** The frames that the client sends after the answers have used up the smaller window. */
const grants: [name: string, first: Buffer, grants: Buffer[]][] = [
  [
    'WINDOW_UPDATE on the connection',
    settings([setting.initialWindowSize, 1_000_000]),
    [frame(frameType.windowUpdate, 0, 0, uint32(1_000_000))],
  ],
  [
    'SETTINGS that raise the windows of streams',
    settings([setting.initialWindowSize, 20_000]),
    [settings([setting.initialWindowSize, 1_000_000]), frame(frameType.windowUpdate, 0, 0, uint32(1_000_000))],
  ],
  [
    'SETTINGS alone that raise the windows of streams',
    Buffer.concat([
      settings([setting.initialWindowSize, 20_000]),
      frame(frameType.windowUpdate, 0, 0, uint32(1_000_000)),
    ]),
    [settings([setting.initialWindowSize, 1_000_000])],
  ],
  [
    'WINDOW_UPDATE on each stream',
    Buffer.concat([
      settings([setting.initialWindowSize, 20_000]),
      frame(frameType.windowUpdate, 0, 0, uint32(1_000_000)),
    ]),
    [1, 3].map((id) => frame(frameType.windowUpdate, 0, id, uint32(1_000_000))),
  ],
];

for (const [name, first, granted] of grants) {
  test(`two streams with waiting answers get their windows restored by ${name}`, async (t) => {
    const { client } = await served(t, {}, first);
    const came = new Map([
      [1, 0],
      [3, 0],
    ]);
    const given = new Set<number>();
    const take = ({ type, stream, payload }: Frame): void => {
      if (type === frameType.data) came.set(stream, (came.get(stream) ?? 0) + payload.length);
      if (type === frameType.windowUpdate && stream > 0) given.add(stream);
    };
    client.send(ask(1), ask(3), ping);
    await client.next((one) => {
      take(one);
      return one.type === frameType.ping;
    });
    assert.ok(given.size < 2);
    client.send(...granted, ping);
    await client.next((one) => {
      take(one);
      return one.type === frameType.ping;
    });
    assert.deepEqual([...given].sort(), [1, 3]);
    for (const bytes of came.values()) assert.ok(bytes > 2 * bodyBytes, `${bytes} bytes of an answer came`);
  });
}

test('a client that grants one byte at a time gets a long answer', async (t) => {
  const { client } = await served(t, {}, settings([setting.initialWindowSize, 0]));
  client.send(open(1), data(1, request), data(1, body.subarray(0, 16_384)), data(1, body.subarray(16_384)));
  const grant = frame(frameType.windowUpdate, 0, 1, uint32(1));
  for (let left = bodyBytes; left > 0; left -= 1000) client.send(Buffer.concat(Array<Buffer>(1000).fill(grant)));
  client.send(ping);
  let came = 0;
  await client.next(({ type, payload }) => {
    if (type === frameType.data) came += payload.length;
    return type === frameType.ping;
  });
  assert.equal(came, bodyBytes);
});

test('late frames on thousands of streams that the server ended are not errors', async (t) => {
  const { client } = await served(t, { limits: { ...defaultLimits, messageBytes: 1000 } });
  const ids = Array.from({ length: 5_000 }, (_, index) => 2 * index + 1);
  const tooLarge = Buffer.concat([Buffer.from([0]), uint32(1001)]);
  client.send(...ids.map((id) => Buffer.concat([open(id), data(id, tooLarge)])));
  const trailers = Buffer.from([0, 1, 0x61, 1, 0x62]);
  client.send(...ids.map((id) => Buffer.concat([data(id, tooLarge), open(id, trailers, true)])));
  client.send(open(10_001), data(10_001, request));
  assert.ok(await client.next(({ type, stream }) => type === frameType.data && stream === 10_001));
});
