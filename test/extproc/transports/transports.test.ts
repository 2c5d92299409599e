import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import type { Decide } from '../../../src/decision/decision.ts';
import type { ProcessingRequest } from '../../../src/extproc/messages.ts';
import { type ServerOptions, startServer } from '../../../src/extproc/server.ts';
import { serviceDefinition } from '../../../src/extproc/transports/grpc-js.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { serviceNames } from '../../../src/extproc/transports/transport.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';
import { endOf, processMethod, StreamClient } from '../stream-client.ts';

const decide: Decide = () => ({ kind: 'untouched', mints: [] });
const pin = (): Decide => decide;
const { status } = grpc;

const requestHeaders: ProcessingRequest = { request_headers: {} };

const names = Object.keys(transports) as TransportName[];

/** Runs the same test with each transport: they must behave the same. */
function testEach(name: string, run: (t: TestContext, transport: TransportName) => Promise<void>): void {
  for (const transport of names) test(`${transport}: ${name}`, (t) => run(t, transport));
}

async function started(t: TestContext, transport: TransportName, options: Partial<ServerOptions> = {}) {
  const observer = new RecordingObserver();
  const server = await startServer({
    limits: defaultLimits,
    addresses: ['127.0.0.1:0'],
    transport,
    observer,
    pin,
    ...options,
  });
  const client = new StreamClient(server.addresses[0] ?? '');
  t.after(async () => {
    client.close();
    await server.stop(0);
  });
  return { observer, server, client, address: server.addresses[0] ?? '' };
}

const failing: [name: string, messages: ProcessingRequest[], answers: number, code: grpc.status, details: string][] = [
  ['an empty message', [{}], 0, status.INVALID_ARGUMENT, 'extproc.unknown-message'],
  ['two requests', [requestHeaders, requestHeaders], 1, status.INVALID_ARGUMENT, 'extproc.unexpected-request-headers'],
];

for (const [name, messages, answers, code, details] of failing) {
  testEach(`${name} ends the stream with an error`, async (t, transport) => {
    const { client } = await started(t, transport);
    const ended = await client.converse(messages);
    assert.equal(ended.answers.length, answers);
    assert.deepEqual(ended.status, { code, details });
  });
}

testEach('invalid message bytes end the stream with an error', async (t, transport) => {
  const { client } = await started(t, transport);
  const call = client.openRaw();
  call.write(Buffer.from([0xff, 0xff, 0xff]));
  const ended = await endOf(call);
  assert.equal(ended.status.code, status.INTERNAL);
  assert.deepEqual(ended.answers, []);
});

testEach('metadata deeper than the decoder goes ends the stream with an error', async (t, transport) => {
  const { client } = await started(t, transport);
  const call = client.openRaw();
  // ProcessingRequest.metadata_context.filter_metadata = { s: … }
  call.write(field(8, field(1, Buffer.concat([field(1, Buffer.from('s')), field(2, nestedStruct(200))]))));
  assert.notEqual((await endOf(call)).status.code, status.OK);
});

testEach('a message of the maximum size is accepted, a larger one is not', async (t, transport) => {
  const overhead = processMethod().requestSerialize(bodyOf(1_000)).length - 1_000;
  const { client } = await started(t, transport, { limits: { ...defaultLimits, messageBytes: 1_000 + overhead } });
  const largest = await client.converse([requestHeaders, bodyOf(1_000)]);
  assert.equal(largest.status.code, status.OK);
  assert.equal(largest.answers.length, 2);
  const larger = await client.converse([requestHeaders, bodyOf(1_001)]);
  assert.equal(larger.status.code, status.RESOURCE_EXHAUSTED);
});

testEach('streams up to the maximum are open concurrently; one more waits for an end', async (t, transport) => {
  const { client, observer } = await started(t, transport, { limits: { ...defaultLimits, concurrentStreams: 2 } });
  const first = client.open();
  first.write(requestHeaders);
  await once(first, 'data');
  const second = client.open();
  second.write(requestHeaders);
  await once(second, 'data');
  const third = client.open();
  third.write(requestHeaders);
  const answered = once(third, 'data');
  // The two open streams are still answered while the third waits.
  first.write({ response_headers: {} });
  await once(first, 'data');
  assert.equal(observer.opened, 2);
  second.end();
  await answered;
  assert.equal(observer.opened, 3);
  const ends = [endOf(first), endOf(third)];
  first.end();
  third.end();
  await Promise.all(ends);
});

testEach('a large returned body is complete, even if it is read slowly', async (t, transport) => {
  const { client } = await started(t, transport);
  const call = client.open();
  const pieces = 200;
  const body = Buffer.alloc(64 * 1024, 'x');
  call.pause();
  call.write({ ...requestHeaders, protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' } });
  for (let sent = 0; sent < pieces; sent++) call.write({ request_body: { body, end_of_stream: sent === pieces - 1 } });
  call.end();
  const ended = endOf(call);
  call.resume();
  const { answers, status: end } = await ended;
  const returned = answers.map((answer) => answer.request_body?.response?.body_mutation?.streamed_response);
  assert.equal(end.code, status.OK);
  assert.equal(returned.length, pieces + 1);
  assert.equal(
    returned.slice(1).every((piece) => piece?.body?.equals(body)),
    true,
  );
  assert.equal(returned.at(-1)?.end_of_stream, true);
});

testEach('a client that compresses is understood', async (t, transport) => {
  const { address } = await started(t, transport);
  const gzip = { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip };
  const client = new StreamClient(address, undefined, gzip);
  t.after(() => client.close());
  const { answers, status: end } = await client.converse([requestHeaders, bodyOf(1_000), bodyOf(0)]);
  assert.deepEqual([answers.length, end.code], [3, status.OK]);
});

testEach('a stream that the client resets is closed', async (t, transport) => {
  const { client, observer } = await started(t, transport);
  const call = client.open();
  call.write(requestHeaders);
  await once(call, 'data');
  const ended = endOf(call);
  call.cancel();
  await ended;
  await client.converse([requestHeaders]);
  assert.equal(observer.closed, 2);
});

const routes: [name: string, metadata: string[], routePolicy: string | undefined][] = [
  ['no policy', [], undefined],
  ['one policy', ['partner'], 'partner'],
  ['two policies, which is no policy’s name', ['partner', 'other'], 'partner, other'],
];

for (const [name, metadata, routePolicy] of routes) {
  testEach(`a route that names ${name}`, async (t, transport) => {
    const seen: (string | undefined)[] = [];
    const { client } = await started(t, transport, {
      pin: () => (request) => {
        seen.push(request.routePolicy);
        return { kind: 'untouched', mints: [] };
      },
    });
    const call = client.open(metadata.map((value) => ['x-mintproc-policy', value]));
    call.end(requestHeaders);
    await endOf(call);
    assert.deepEqual(seen, [routePolicy]);
  });
}

testEach('a connection that speaks another protocol is dropped, and others go on', async (t, transport) => {
  const { client, address } = await started(t, transport);
  const open = client.open();
  open.write(requestHeaders);
  await once(open, 'data');
  const [host = '', port] = address.split(':');
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'x'.repeat(100)}`]) {
    const socket = connect(Number(port), host);
    socket.on('error', () => undefined);
    socket.end(bytes);
    await once(socket.resume(), 'close');
  }
  const ended = endOf(open);
  open.end({ response_headers: {} });
  assert.equal((await ended).status.code, status.OK);
});

testEach('an address that is not available leaves no other one open', async (t, transport) => {
  const other = await started(t, transport);
  const first = await startServer({
    limits: defaultLimits,
    addresses: ['127.0.0.1:0'],
    transport,
    observer: new RecordingObserver(),
    pin,
  });
  const address = first.addresses[0] ?? '';
  await first.stop(0);
  const addresses = [address, other.address];
  await assert.rejects(
    startServer({ limits: defaultLimits, addresses, transport, observer: new RecordingObserver(), pin }),
    {
      code: 'extproc.listen-failed',
    },
  );
  const again = await startServer({
    limits: defaultLimits,
    addresses: [address],
    transport,
    observer: new RecordingObserver(),
    pin,
  });
  await again.stop(0);
});

const definition = serviceDefinition('health.proto', serviceNames.health);

function health(t: TestContext, address: string) {
  const Client = grpc.makeGenericClientConstructor(definition, 'Health');
  const client = new Client(address, grpc.credentials.createInsecure());
  t.after(() => client.close());
  return client;
}

const services: [name: string, service: string, answer: string | grpc.status][] = [
  ['the server', '', 'SERVING'],
  ['the processor', serviceNames.processor, 'SERVING'],
  ['the service for ext_authz', serviceNames.authorization, 'SERVING'],
  ['a service that is not there', 'other.Service', status.NOT_FOUND],
];

for (const [name, service, answer] of services) {
  testEach(`checks the health of ${name}`, async (t, transport) => {
    const { address } = await started(t, transport);
    const result = await new Promise((resolve) => {
      health(t, address)['Check']?.({ service }, (error: grpc.ServiceError | null, response?: { status: string }) =>
        resolve(error?.code ?? response?.status),
      );
    });
    assert.equal(result, answer);
  });
}

testEach('a watch reports the status and each change, and does not delay the end', async (t, transport) => {
  const { server, address } = await started(t, transport);
  const client = health(t, address);
  const known = client['Watch']?.({ service: serviceNames.processor });
  const unknown = client['Watch']?.({ service: 'other.Service' });
  assert.deepEqual(await once(unknown, 'data'), [{ status: 'SERVICE_UNKNOWN' }]);
  assert.deepEqual(await once(known, 'data'), [{ status: 'SERVING' }]);
  const last = once(known, 'data');
  unknown.on('data', () => assert.fail('a service that is not there does not change'));
  assert.equal(await server.stop(5_000), 'drained');
  assert.deepEqual(await last, [{ status: 'NOT_SERVING' }]);
});

testEach('a watch that begins while the server does not serve says so and ends', async (t, transport) => {
  const { server, address } = await started(t, transport);
  server.health.set('NOT_SERVING');
  const client = health(t, address);
  const watch = client['Watch']?.({ service: serviceNames.processor });
  const ended = once(watch, 'end');
  assert.deepEqual(await once(watch, 'data'), [{ status: 'NOT_SERVING' }]);
  await ended;
  assert.equal(await server.stop(5_000), 'drained');
});

function bodyOf(bytes: number): ProcessingRequest {
  return { request_body: { body: Buffer.alloc(bytes) } };
}

/** A length-delimited protobuf field. */
function field(number: number, content: Buffer): Buffer {
  const length = content.length < 128 ? [content.length] : [(content.length & 127) | 128, content.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
}

/** The bytes of a google.protobuf.Struct that nests `depth` deep. */
function nestedStruct(depth: number): Buffer {
  let struct: Buffer = Buffer.alloc(0);
  for (let level = 1; level < depth; level++) {
    const value = field(5, struct);
    struct = field(1, Buffer.concat([field(1, Buffer.from('a')), field(2, value)]));
  }
  return struct;
}
