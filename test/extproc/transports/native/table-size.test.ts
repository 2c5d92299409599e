/**
 * @module
 * SETTINGS_HEADER_TABLE_SIZE of clients: Node's client checks the header blocks, and their bytes show when they begin
 * with an update.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { errorCode, frameType } from '../../../../src/extproc/transports/native/protocol.ts';
import { data, frame, open, processPath, type RawClient, requestMessage, settings, uint32 } from './raw-client.ts';
import { served } from './served.ts';

const tableSize = 1;
const updateToZero = 0x20;

async function nodeClient(t: TestContext, address: string, headerTableSize: number): Promise<ClientHttp2Session> {
  const session = connect(`http://${address}`, { settings: { headerTableSize } });
  t.after(() => session.destroy());
  await once(session, 'connect');
  return session;
}

/** Makes one call. @returns the status in its header block and in its trailers */
async function call(session: ClientHttp2Session): Promise<unknown[]> {
  const stream = session.request({
    ':method': 'POST',
    ':path': processPath,
    te: 'trailers',
    'content-type': 'application/grpc',
  });
  const head = once(stream, 'response');
  const trailers = once(stream, 'trailers');
  stream.resume();
  stream.end(requestMessage);
  const [[headers], [last]] = await Promise.all([head, trailers]);
  return [headers[':status'], last['grpc-status']];
}

for (const size of [0, 1, 1024, 4095, 4096, 65_536]) {
  test(`Node's client is answered with a header table of ${size} bytes`, async (t) => {
    const { server } = await served(t);
    const session = await nodeClient(t, server.addresses[0] ?? '', size);
    for (let calls = 0; calls < 3; calls++) assert.deepEqual(await call(session), [200, '0']);
  });
}

for (const sizes of [[0], [1024], [1, 4096, 4095], [65_536, 4096], [0, 4096, 1024]]) {
  test(`Node's client is answered when its header table becomes ${sizes.join(', then ')} bytes`, async (t) => {
    const { server } = await served(t);
    const session = await nodeClient(t, server.addresses[0] ?? '', 4096);
    assert.deepEqual(await call(session), [200, '0']);
    for (const headerTableSize of sizes) {
      await new Promise<void>((resolve) => session.settings({ headerTableSize }, () => resolve()));
      for (let calls = 0; calls < 2; calls++) assert.deepEqual(await call(session), [200, '0']);
    }
  });
}

async function blockOf(client: RawClient, id: number): Promise<Buffer> {
  client.send(open(id), data(id, requestMessage));
  const head = await client.next(({ type, stream }) => type === frameType.headers && stream === id);
  client.send(frame(frameType.reset, 0, id, uint32(errorCode.cancel)));
  return head?.payload ?? assert.fail('no answer');
}

/** Header table sizes: several in one frame, and frames without an answer in between. */
const changes: [name: string, frames: Buffer[], updated: boolean][] = [
  ['nothing', [], false],
  ['the default', [settings([tableSize, 4096])], false],
  ['more than the default', [settings([tableSize, 2 ** 32 - 1])], false],
  ['one byte less than the default', [settings([tableSize, 4095])], true],
  ['none', [settings([tableSize, 0])], true],
  ['more, then less of it', [settings([tableSize, 65_536]), settings([tableSize, 5000])], true],
  ['less, then the default again', [settings([tableSize, 100]), settings([tableSize, 4096])], true],
  ['less, then the default again, in one frame', [settings([tableSize, 100], [tableSize, 4096])], true],
  ['less twice', [settings([tableSize, 100]), settings([tableSize, 50])], true],
];

for (const [name, frames, updated] of changes) {
  test(`the next header block ${updated ? 'begins' : 'does not begin'} with a table size update after ${name}`, async (t) => {
    const { client } = await served(t);
    const before = await blockOf(client, 1);
    assert.notEqual(before[0], updateToZero);
    client.send(...frames);
    const after = await blockOf(client, 3);
    assert.deepEqual(after, updated ? Buffer.concat([Buffer.from([updateToZero]), before]) : before);
    assert.deepEqual(await blockOf(client, 5), before);
  });
}
