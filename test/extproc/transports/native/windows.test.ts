/**
 * @module
 * Windows that are given back: whatever empties a stream's queue lets its client send again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setting } from '../../../../src/extproc/transports/native/peer-settings.ts';
import { frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { bodyMessage, grpcMessage, headersMessage } from './messages.ts';
import { data, type Frame, frame, open, settings, uint32 } from './raw-client.ts';
import { served } from './served.ts';

/** Two messages: the answer to the first waits before half of the stream's own window is used. */
const bodyBytes = 30_000;
const request = grpcMessage(headersMessage(0, true));
const body = grpcMessage(bodyMessage(Buffer.alloc(bodyBytes, 'x')));
const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));

function ask(id: number): Buffer {
  const message = [data(id, body.subarray(0, 16_384)), data(id, body.subarray(16_384))];
  return Buffer.concat([open(id), data(id, request), ...message, ...message]);
}

/** What the client sends once the answers have used up the smaller window. */
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
  test(`two streams whose answers waited get their own windows back by ${name}`, async (t) => {
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
