/**
 * @module
 * `limits.inFlight` on both transports: all connections together, at the limit and beyond it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import type { Decision } from '../../../src/decision/decision.ts';
import { Later } from '../../../src/diagnostics/later.ts';
import type { CheckResponse } from '../../../src/extproc/authz/check-messages.ts';
import type { ProcessingResponse } from '../../../src/extproc/messages.ts';
import { startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { checkMethod, endOf, StreamClient } from '../stream-client.ts';

const inFlight = 3;
const untouched: Decision = { kind: 'untouched', mints: [] };

async function started(t: TestContext, transport: TransportName, decide: () => Decision | Later<Decision>) {
  const observer = new RecordingObserver();
  const limits = { ...defaultLimits, inFlight };
  const pin = () => decide;
  const server = await startServer({ limits, addresses: ['127.0.0.1:0'], transport, observer, pin });
  const own = { 'grpc.use_local_subchannel_pool': 1 };
  const clients = [0, 1].map(() => new StreamClient(server.addresses[0] ?? '', undefined, own));
  t.after(async () => {
    for (const client of clients) client.close();
    await server.stop(0);
  });
  /** A stream that stays open, by turns on one of two connections. */
  let opened = 0;
  const hold = () => {
    const call = clients[opened++ % 2]?.open() ?? assert.fail();
    call.on('error', () => undefined);
    const answer = once(call, 'data') as Promise<[ProcessingResponse]>;
    // A stream that is given up has no answer.
    answer.catch(() => undefined);
    call.write({ request_headers: {} });
    return { call, answer };
  };
  const closed = async (count: number): Promise<void> => {
    while (observer.closed < count) await pause(1);
  };
  const checks = new grpc.Client(server.addresses[0] ?? '', grpc.credentials.createInsecure());
  t.after(() => checks.close());
  const { path, requestSerialize, responseDeserialize } = checkMethod();
  /** The refusal of a check of ext_authz, which is a call of its own; undefined if it may go on. */
  const check = (): Promise<CheckResponse['denied_response']> =>
    new Promise((resolve, reject) => {
      checks.makeUnaryRequest(path, requestSerialize, responseDeserialize, {}, (error, response) => {
        if (error === null) resolve(response?.denied_response);
        else reject(error);
      });
    });
  return { observer, hold, closed, check };
}

const kindOf = ([answer]: [ProcessingResponse]): string | undefined => Object.keys(answer)[0];

for (const transport of Object.keys(transports) as TransportName[]) {
  test(`${transport}: as many as the limit are decided, and the next is refused until one ends`, async (t) => {
    let decided = 0;
    const { observer, hold, closed } = await started(t, transport, () => {
      decided++;
      return untouched;
    });
    const held = Array.from({ length: inFlight }, hold);
    for (const { answer } of held) assert.equal(kindOf(await answer), 'request_headers');

    const refused = hold();
    const [{ immediate_response }] = await refused.answer;
    assert.equal(immediate_response?.status.code, 503);
    const headers = immediate_response?.headers.set_headers?.map(({ header }) => [
      header.key,
      String(header.raw_value),
    ]);
    assert.deepEqual(headers?.[1], ['retry-after', '1']);
    assert.equal(String(immediate_response?.body), '{"error":{"code":"extproc.overloaded"}}');
    assert.deepEqual([decided, observer.records.at(-1)?.code], [inFlight, 'extproc.overloaded']);
    // A refused stream takes no place, and gives none back.
    refused.call.cancel();
    await closed(1);
    assert.equal(kindOf(await hold().answer), 'immediate_response');

    held[0]?.call.cancel();
    await closed(2);
    assert.equal(kindOf(await hold().answer), 'request_headers');
    assert.equal(kindOf(await hold().answer), 'immediate_response');
    const outcomes = observer.outcomes.filter((outcome) => outcome === 'overloaded');
    assert.equal(outcomes.length, 3);
  });

  test(`${transport}: checks of ext_authz take places among the streams of ext_proc`, async (t) => {
    const pending: Later<Decision>[] = [];
    let isLater = false;
    const { hold, closed, check } = await started(t, transport, () => {
      if (!isLater) return untouched;
      pending.push(new Later<Decision>());
      return pending.at(-1) ?? assert.fail();
    });
    const held = Array.from({ length: inFlight - 1 }, hold);
    for (const { answer } of held) assert.equal(kindOf(await answer), 'request_headers');
    // A check that is answered gives its place back.
    for (let count = 0; count < 3; count++) assert.equal(await check(), undefined);
    isLater = true;
    const waiting = check();
    while (pending.length === 0) await pause(1);
    const refused = await check();
    assert.deepEqual(
      [refused?.status.code, refused?.headers.map(({ header }) => [header.key, header.value]), refused?.body],
      [
        503,
        [
          ['content-type', 'application/json'],
          ['retry-after', '1'],
        ],
        '{"error":{"code":"extproc.overloaded"}}',
      ],
    );
    assert.equal(kindOf(await hold().answer), 'immediate_response');
    pending[0]?.settle(untouched);
    assert.equal(await waiting, undefined);
    isLater = false;
    await closed(5);
    assert.equal(await check(), undefined);
  });

  test(`${transport}: a signature that nobody waits for takes its place until it is made`, async (t) => {
    const pending: Later<Decision>[] = [];
    const { hold, closed } = await started(t, transport, () => {
      const decision = new Later<Decision>();
      pending.push(decision);
      return decision;
    });
    const held = Array.from({ length: inFlight }, hold);
    while (pending.length < inFlight) await pause(1);
    const ended = held.map(({ call }) => endOf(call));
    for (const { call } of held) call.cancel();
    await Promise.all(ended);
    await closed(inFlight);
    assert.equal(kindOf(await hold().answer), 'immediate_response');
    pending[0]?.settle(untouched);
    const next = hold();
    while (pending.length === inFlight) await pause(1);
    assert.equal(kindOf(await hold().answer), 'immediate_response');
    pending.at(-1)?.settle(untouched);
    assert.equal(kindOf(await next.answer), 'request_headers');
  });
}
