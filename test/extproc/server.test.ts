import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Decide } from '../../src/decision/decision.ts';
import type { ProcessingRequest } from '../../src/extproc/messages.ts';
import { startServer } from '../../src/extproc/server.ts';
import { type TransportName, transports } from '../../src/extproc/transports/index.ts';
import { defaultLimits } from './default-limits.ts';
import { RecordingObserver } from './recording-observer.ts';
import { endOf, StreamClient } from './stream-client.ts';

const decide: Decide = (request) => ({
  kind: 'forward',
  set: [['x-seen', request.headers.all.map(([name, value]) => `${name}=${value}`).join(',')]],
  remove: ['x-spoofed'],
  mints: [{ policy: 'p', outcome: 'minted' }],
});

const requestHeaders: ProcessingRequest = {
  request: 'request_headers',
  request_headers: { headers: { headers: [{ key: ':path', raw_value: Buffer.from('/q') }] }, end_of_stream: true },
};

for (const transport of Object.keys(transports) as TransportName[]) {
  test(`${transport}: a header mutation comes back over TCP and over a unix socket`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'mintproc-'));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'mintproc.sock');
    const observer = new RecordingObserver();
    const addresses = ['127.0.0.1:0', '[::1]:0', `unix:${path}`];
    const server = await startServer({ limits: defaultLimits, addresses, transport, observer, pin: () => decide });
    for (const address of server.addresses) {
      const client = new StreamClient(address);
      const { answers, status } = await client.converse([requestHeaders]);
      assert.equal(status.code, 0);
      const mutation = answers[0]?.request_headers?.response?.header_mutation;
      assert.equal(mutation?.set_headers?.[0]?.header.raw_value.toString(), ':path=/q');
      assert.deepEqual(mutation?.remove_headers, ['x-spoofed']);
      client.close();
    }
    assert.equal((await stat(path)).mode & 0o777, 0o660);
    assert.deepEqual(observer.outcomes, ['forwarded', 'forwarded', 'forwarded']);
    assert.equal(observer.records[0]?.mints[0]?.policy, 'p');
    assert.equal(await server.stop(5_000), 'drained');
    assert.equal(observer.closed, 3);
    await assert.rejects(stat(path), { code: 'ENOENT' });
  });

  test(`${transport}: a stream in flight ends before a drained stop, and an endless one is cut off`, async () => {
    for (const [ends, expected] of [
      [true, 'drained'],
      [false, 'cut-off'],
    ] as const) {
      const observer = new RecordingObserver();
      const server = await startServer({
        limits: defaultLimits,
        addresses: ['127.0.0.1:0'],
        transport,
        observer,
        pin: () => decide,
      });
      const client = new StreamClient(server.addresses[0] ?? '');
      const call = client.open();
      const end = endOf(call);
      call.write(requestHeaders);
      await once(call, 'data');
      const stopped = server.stop(ends ? 5_000 : 200);
      if (ends) {
        call.write({ request: 'response_headers', response_headers: {} });
        call.end();
      }
      assert.equal(await stopped, expected);
      const { answers, status } = await end;
      assert.equal(answers.length, ends ? 2 : 1);
      assert.equal(status.code === 0, ends);
      assert.equal(observer.closed, 1);
      client.close();
    }
  });

  test(`${transport}: connections up to the maximum are served, and one more is closed`, async (t) => {
    const observer = new RecordingObserver();
    const addresses = ['127.0.0.1:0'];
    const server = await startServer({
      limits: { ...defaultLimits, connections: 2 },
      addresses,
      transport,
      observer,
      pin: () => decide,
    });
    t.after(() => server.stop(0));
    const port = Number(server.addresses[0]?.split(':')[1]);
    /** HTTP/2 lets a server speak first, so an accepted connection receives data. */
    const fate = async (socket: Socket): Promise<string> =>
      Promise.race([once(socket, 'data').then(() => 'served'), once(socket, 'close').then(() => 'closed')]);
    const [first, second] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    t.after(() => second.destroy());
    assert.deepEqual(await Promise.all([first, second].map(fate)), ['served', 'served']);
    assert.equal(await fate(connect(port, '127.0.0.1')), 'closed');
    assert.equal(observer.refusedConnections, 1);
    first.destroy();
    const later = async (): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      t.after(() => socket.destroy());
      const answer = await fate(socket);
      return answer === 'closed' ? later() : answer;
    };
    assert.equal(await later(), 'served');
  });
}
