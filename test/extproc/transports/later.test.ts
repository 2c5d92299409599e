/**
 * Decisions that arrive later, on both transports: later messages wait, and a closed stream gets no answer.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import type { Decision } from '../../../src/decision/decision.ts';
import { Later } from '../../../src/diagnostics/later.ts';
import type { ProcessingRequest, ProcessingResponse } from '../../../src/extproc/messages.ts';
import { startServer } from '../../../src/extproc/server.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { maxHeldBytes } from '../../../src/extproc/transports/native/process-call.ts';
import { flag, frameType } from '../../../src/extproc/transports/native/protocol.ts';
import type { IncomingRequest } from '../../../src/request/incoming-request.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { endOf, processMethod, StreamClient } from '../stream-client.ts';
import { data, type Frame, frame, open, requestMessage, uint32 } from './native/raw-client.ts';
import { served } from './native/served.ts';

const forward: Decision = {
  kind: 'forward',
  set: [['authorization', 'token']],
  remove: [],
  mints: [{ policy: 'p', outcome: 'minted' }],
};
const refuse: Decision = {
  kind: 'refuse',
  refusal: { status: 401, contentType: 'text/plain', body: 'no' },
  mints: [{ policy: 'p', outcome: 'refused', code: 'mint.signing-failed' }],
};

const { status } = grpc;
const requestHeaders: ProcessingRequest = { request_headers: {} };
const names = Object.keys(transports) as TransportName[];

function testEach(name: string, run: (t: TestContext, transport: TransportName) => Promise<void>): void {
  for (const transport of names) test(`${transport}: ${name}`, (t) => run(t, transport));
}

/** A server whose decisions are supplied by the test, in order. */
async function started(t: TestContext, transport: TransportName, options: grpc.ClientOptions = {}) {
  const observer = new RecordingObserver();
  const decisions: Later<Decision>[] = [];
  const pin = () => () => {
    const decision = new Later<Decision>();
    decisions.push(decision);
    return decision;
  };
  const server = await startServer({ limits: defaultLimits, addresses: ['127.0.0.1:0'], transport, observer, pin });
  const client = new StreamClient(server.addresses[0] ?? '', undefined, options);
  t.after(async () => {
    client.close();
    await server.stop(0);
  });
  const asked = async (count: number): Promise<void> => {
    while (decisions.length < count) await pause(1);
  };
  const decide = (index: number, decision: Decision): void => (decisions[index] ?? assert.fail()).settle(decision);
  return { observer, client, server, decisions, asked, decide };
}

function kindOf(answer: ProcessingResponse): string {
  return Object.keys(answer)
    .filter((name) => name !== 'response')
    .join();
}

for (const mode of ['STREAMED', 'FULL_DUPLEX_STREAMED'] as const) {
  testEach(
    `${mode}: body and end that come before the decision are answered after it, in their order`,
    async (t, transport) => {
      const { client, observer, asked, decide } = await started(t, transport);
      const call = client.open();
      call.write({ ...requestHeaders, protocol_config: { request_body_mode: mode } });
      const pieces = ['one', 'two', 'three'];
      for (const body of pieces)
        call.write({ request_body: { body: Buffer.from(body), end_of_stream: body === 'three' } });
      call.end();
      const ended = endOf(call);
      await asked(1);
      await pause(30);
      decide(0, forward);
      const { answers, status: end } = await ended;
      assert.deepEqual(answers.map(kindOf), ['request_headers', 'request_body', 'request_body', 'request_body']);
      assert.equal(end.code, status.OK);
      const returned = answers.map((answer) => answer.request_body?.response?.body_mutation?.streamed_response?.body);
      if (mode === 'FULL_DUPLEX_STREAMED') assert.deepEqual(returned.slice(1).map(String), pieces);
      assert.deepEqual(observer.outcomes, ['forwarded']);
    },
  );
}

testEach('streams are answered in the order of their decisions', async (t, transport) => {
  const { client, asked, decide } = await started(t, transport);
  const calls = [client.open(), client.open()];
  for (const [index, call] of calls.entries()) {
    call.write(requestHeaders);
    await asked(index + 1);
  }
  const [first, second] = calls.map((call) => once(call, 'data'));
  decide(1, forward);
  await second;
  decide(0, refuse);
  const [answer] = (await first) ?? [];
  assert.equal(answer.immediate_response?.status.code, 401);
  for (const call of calls) call.cancel();
  await Promise.all(calls.map(endOf));
});

testEach('a refusal that comes later is the last answer', async (t, transport) => {
  const { client, observer, asked, decide } = await started(t, transport);
  const call = client.open();
  call.write(requestHeaders);
  call.write({ request_body: { body: Buffer.from('x'), end_of_stream: true } });
  call.end();
  const ended = endOf(call);
  await asked(1);
  decide(0, refuse);
  const { answers, status: end } = await ended;
  assert.deepEqual(answers.map(kindOf), ['immediate_response']);
  assert.equal(end.code, status.OK);
  assert.deepEqual(observer.outcomes, ['refused']);
});

testEach('a stream that is reset before its decision gets no answer', async (t, transport) => {
  const { client, observer, asked, decide } = await started(t, transport);
  const call = client.open();
  call.write(requestHeaders);
  call.write({ request_body: { body: Buffer.from('x') } });
  await asked(1);
  const ended = endOf(call);
  call.cancel();
  await ended;
  while (observer.closed < 1) await pause(1);
  decide(0, forward);
  await turn();
  assert.deepEqual([observer.outcomes, observer.defects], [['abandoned'], []]);
  const again = client.open();
  again.write(requestHeaders);
  await asked(2);
  const answered = once(again, 'data');
  decide(1, forward);
  await answered;
  again.cancel();
  await endOf(again);
});

testEach('a deadline that passes before the decision ends the stream', async (t, transport) => {
  const { client, observer, asked, decide } = await started(t, transport);
  const call = client.open([], Date.now() + 100);
  const ended = endOf(call);
  call.write(requestHeaders);
  await asked(1);
  const { answers, status: end } = await ended;
  assert.deepEqual([answers, end.code], [[], status.DEADLINE_EXCEEDED]);
  while (observer.closed < 1) await pause(1);
  decide(0, forward);
  await turn();
  assert.deepEqual([observer.outcomes, observer.defects], [['abandoned'], []]);
});

testEach('a drain waits for the decision and its answer', async (t, transport) => {
  const { client, server, observer, asked, decide } = await started(t, transport);
  const call = client.open();
  call.write(requestHeaders);
  call.end();
  const ended = endOf(call);
  await asked(1);
  let stopped = false;
  const stop = server.stop(5_000).then((how) => {
    stopped = true;
    return how;
  });
  await pause(50);
  assert.equal(stopped, false);
  decide(0, forward);
  assert.equal((await ended).answers.length, 1);
  client.close();
  assert.equal(await stop, 'drained');
  assert.deepEqual(observer.outcomes, ['forwarded']);
});

testEach(
  'who sends more than the window while a decision is awaited has to wait, and loses nothing',
  async (t, transport) => {
    const { client, asked, decide } = await started(t, transport);
    const call = client.open();
    call.write({ ...requestHeaders, protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' } });
    const body = Buffer.alloc(50_000, 'x');
    for (let number = 0; number < 20; number++) call.write({ request_body: { body, end_of_stream: number === 19 } });
    call.end();
    const ended = endOf(call);
    await asked(1);
    await pause(50);
    decide(0, forward);
    const { answers, status: end } = await ended;
    const bytes = answers.map(
      (answer) => answer.request_body?.response?.body_mutation?.streamed_response?.body?.length ?? 0,
    );
    assert.deepEqual([end.code, bytes.reduce((sum, length) => sum + length)], [status.OK, 20 * body.length]);
  },
);

test('native: a stream gets no new window while its decision is pending, and gets it with its answer', async (t) => {
  const decision = new Later<Decision>();
  const { client } = await served(t, { pin: () => () => decision });
  // The second message uses more than half of the window.
  const piece = Buffer.alloc(16_000);
  const prefix = Buffer.from([0, 0, 0, 0xff, 0xff]);
  client.send(open(1), data(1, requestMessage), data(1, prefix), data(1, piece), data(1, piece), data(1, piece));
  const isWindow = ({ type, stream }: Frame): boolean => type === frameType.windowUpdate && stream === 1;
  client.send(frame(frameType.ping, 0, 0, Buffer.from('12345678')));
  const isPong = ({ type, flags }: Frame): boolean => type === frameType.ping && flags === flag.ack;
  const first = await client.next((came) => isPong(came) || isWindow(came));
  assert.ok(first !== undefined && isPong(first));
  decision.settle(forward);
  assert.ok(await client.next(isWindow));
});

/** Created once, because it reads and parses the .proto files. */
const { requestSerialize } = processMethod();

/** The first message of a stream, with its prefix. */
function firstMessage(header: string): Buffer {
  const bytes = requestSerialize({
    request_headers: { headers: { headers: [{ key: 'x-name', raw_value: Buffer.from(header) }] } },
    metadata_context: { filter_metadata: { caller: { fields: { name: { stringValue: header } } } } },
    attributes: { filter: { fields: { 'source.address': { stringValue: header } } } },
  });
  return Buffer.concat([Buffer.from([0]), uint32(bytes.length), bytes]);
}

// The read buffer of a socket is reused for the next read.
test('native: a request can be read completely at its decision, even if other data arrived meanwhile', async (t) => {
  const requests: IncomingRequest[] = [];
  const later = new Later<Decision>();
  const pin = () => (request: IncomingRequest) => {
    requests.push(request);
    return later;
  };
  const { client } = await served(t, { pin });
  const names = ['änne', 'b\u{1f600}rt', 'cora'];
  for (const [index, name] of names.entries()) {
    const [id, message] = [2 * index + 1, firstMessage(name)];
    const whole = Buffer.concat([open(id), data(id, message)]);
    // Split within the frame, as may happen on a socket.
    client.send(whole.subarray(0, -30));
    await pause(20);
    client.send(whole.subarray(-30));
    while (requests.length <= index) await pause(1);
  }
  assert.deepEqual(
    requests.map(({ headers, metadata, attributes }) => [
      headers.all,
      metadata.view('caller')?.get('name'),
      attributes.get('source.address'),
    ]),
    names.map((name) => [[['x-name', name]], name, name]),
  );
  later.settle(forward);
});

/** A message of about the given size that compresses to nearly nothing. */
const zeros = (bytes: number): ProcessingRequest => ({ request_body: { body: Buffer.alloc(bytes) } });

test('native: the decompressed size of waiting messages is limited', async (t) => {
  const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };
  const { client, asked, decide, observer } = await started(t, 'native', gzip);
  const overhead = 20;
  const fits = client.open();
  fits.write(requestHeaders);
  fits.write(zeros(maxHeldBytes - overhead));
  fits.end();
  const ended = endOf(fits);
  await asked(1);
  await pause(30);
  decide(0, forward);
  assert.deepEqual([(await ended).answers.length, (await ended).status.code], [2, status.OK]);
  const tooMuch = client.open();
  tooMuch.write(requestHeaders);
  tooMuch.write(zeros(maxHeldBytes));
  const { answers, status: end } = await endOf(tooMuch);
  assert.deepEqual([answers, end.code], [[], status.RESOURCE_EXHAUSTED]);
  assert.deepEqual(observer.outcomes, ['forwarded', 'abandoned']);
});
