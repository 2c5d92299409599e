/**
 * @module
 * `grpc-timeout` on both transports: what cannot be answered in time is not begun, and counted.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Decision } from '../../../src/decision/decision.ts';
import { Later } from '../../../src/diagnostics/later.ts';
import { startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { frameType } from '../../../src/extproc/transports/native/protocol.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { callBlock, checkPath, data, open, processPath, requestMessage } from './native/raw-client.ts';
import { served } from './native/served.ts';

const untouched: Decision = { kind: 'untouched', mints: [] };

const timeouts: [timeout: string, decided: boolean][] = [
  ['50m', true],
  ['1n', false],
  ['0m', false],
];

const methods = { ext_proc: processPath, ext_authz: checkPath };
const cases = (Object.keys(transports) as TransportName[]).flatMap((transport) =>
  Object.entries(methods).flatMap(([method, path]) =>
    timeouts.map(([timeout, isDecided]) => ({ transport, method, path, timeout, isDecided })),
  ),
);

for (const { transport, method, path, timeout, isDecided } of cases) {
  test(`${transport}, ${method}: after ${timeout}, a call ends with DEADLINE_EXCEEDED`, async (t) => {
    const observer = new RecordingObserver();
    let decided = 0;
    const pin = () => () => {
      decided++;
      return new Later<Decision>();
    };
    const limits = defaultLimits;
    const server = await startServer({ limits, addresses: ['127.0.0.1:0'], transport, observer, pin });
    // It does not end the call itself, as a client of grpc-js does.
    const session = connect(`http://${server.addresses[0]}`);
    t.after(async () => {
      session.destroy();
      await server.stop(0);
    });
    const head = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const call = session.request({ ...head, 'grpc-timeout': timeout });
    call.on('error', () => undefined);
    let status: unknown;
    for (const event of ['response', 'trailers']) call.on(event, (fields) => (status ??= fields['grpc-status']));
    // A unary call begins when its message has ended.
    if (path === checkPath) call.end(requestMessage);
    else call.write(requestMessage);
    call.resume();
    while (observer.closed < 1 || status === undefined) await pause(1);
    assert.deepEqual(
      { status, decided, counted: observer.deadlines, outcomes: observer.outcomes },
      { status: '4', decided: isDecided ? 1 : 0, counted: 1, outcomes: ['abandoned'] },
    );
  });
}

for (const transport of Object.keys(transports) as TransportName[]) {
  test(`${transport}: a check whose deadline passes before it is ended is over, and is not decided`, async (t) => {
    const observer = new RecordingObserver();
    const pin = () => () => assert.fail('it was decided');
    const settings = { limits: defaultLimits, addresses: ['127.0.0.1:0'], transport, observer };
    const server = await startServer({ ...settings, pin: transport === 'native' ? () => () => untouched : pin });
    const session = connect(`http://${server.addresses[0]}`);
    t.after(async () => {
      session.destroy();
      await server.stop(0);
    });
    const head = { ':method': 'POST', ':path': checkPath, 'content-type': 'application/grpc', te: 'trailers' };
    const call = session.request({ ...head, 'grpc-timeout': '20m' });
    call.on('error', () => undefined);
    const closed = once(call, 'close');
    const ended = new Promise((resolve) => {
      for (const event of ['response', 'trailers']) call.on(event, (at) => at['grpc-status'] === '4' && resolve(at));
    });
    call.resume();
    call.write(requestMessage);
    await ended;
    call.end();
    await closed;
    // What is read before this has been handled.
    await new Promise((resolve) => session.ping(resolve));
    await pause(20);
    assert.deepEqual([observer.closed, observer.deadlines], [observer.opened, 1]);
  });
}

test('a call that arrived together with slow ones has waited for them', async (t) => {
  let decided = 0;
  const slowly = (): Decision => {
    decided++;
    const until = performance.now() + 200;
    while (performance.now() < until);
    return untouched;
  };
  const { client, observer } = await served(t, { pin: () => slowly });
  const isAnswer = ({ type }: { readonly type: number }): boolean => type === frameType.data;
  // The first deadline of a process counts from when its call is read.
  client.send(open(1, callBlock({ 'grpc-timeout': '1H' })), data(1, requestMessage));
  await client.next(isAnswer);
  const calls = [3, 5, 7].map((id) =>
    Buffer.concat([open(id, callBlock({ 'grpc-timeout': '300m' })), data(id, requestMessage, true)]),
  );
  client.send(Buffer.concat(calls));
  await client.next(({ type, stream }) => type === frameType.headers && stream === 7);
  assert.deepEqual([decided, observer.deadlines], [3, 1]);
});
