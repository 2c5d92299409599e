import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as http2 from 'node:http2';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import type { ProcessingRequest, ProcessingResponse } from '../../../src/extproc/messages.ts';
import { startServer } from '../../../src/extproc/server.ts';
import { allowResets, serviceDefinition } from '../../../src/extproc/transports/grpc-js.ts';
import { type TransportName, transports } from '../../../src/extproc/transports/index.ts';
import { serviceNames } from '../../../src/extproc/transports/transport.ts';
import { defaultLimits } from '../default-limits.ts';
import { RecordingObserver } from '../recording-observer.ts';

const total = 5_000;
const inFlight = 16;
/** A gRPC frame (no compression, 2 bytes) that holds a ProcessingRequest with empty `request_headers`. */
const message = Buffer.from([0, 0, 0, 0, 2, 0x12, 0]);

/** Opens streams on one connection and, as Envoy does, resets each with RST_STREAM after its answer. */
async function resetStreams(address: string): Promise<{ answered: number; goneAway: boolean }> {
  const session = http2.connect(`http://${address}`);
  let goneAway = false;
  session.on('goaway', () => {
    goneAway = true;
  });
  session.on('error', () => undefined);
  await once(session, 'connect');
  let answered = 0;
  for (let opened = 0; opened < total && !session.closed && !session.destroyed; opened += inFlight) {
    const results = await Promise.all(Array.from({ length: inFlight }, () => answerThenReset(session)));
    answered += results.filter(Boolean).length;
  }
  session.destroy();
  return { answered, goneAway };
}

function answerThenReset(session: http2.ClientHttp2Session): Promise<boolean> {
  if (session.closed || session.destroyed) return Promise.resolve(false);
  const stream = session.request({
    ':method': 'POST',
    ':path': `/${serviceNames.processor}/Process`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  return new Promise((resolve) => {
    let answered = false;
    stream.on('data', () => {
      answered = true;
      stream.close(http2.constants.NGHTTP2_CANCEL);
    });
    stream.on('error', () => undefined);
    stream.on('close', () => resolve(answered));
    stream.write(message);
  });
}

for (const transport of Object.keys(transports) as TransportName[]) {
  test(`${transport}: ${total} streams, each reset by the client, stay on one connection`, async () => {
    const observer = new RecordingObserver();
    const decide = () => ({ kind: 'untouched', mints: [] }) as const;
    const server = await startServer({
      limits: defaultLimits,
      addresses: ['127.0.0.1:0'],
      transport,
      observer,
      pin: () => decide,
    });
    const { answered, goneAway } = await resetStreams(server.addresses[0] ?? '');
    await server.stop(1_000);
    assert.equal(goneAway, false);
    assert.equal(answered, Math.ceil(total / inFlight) * inFlight);
    assert.equal(observer.closed, answered);
  });
}

test('without the lifted limit the same client loses its connection', async () => {
  const server = new grpc.Server();
  server.addService(serviceDefinition('external_processor.proto', serviceNames.processor), {
    Process: (call: grpc.ServerDuplexStream<ProcessingRequest, ProcessingResponse>) => {
      call.on('data', () => call.write({ request_headers: {} }));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const { answered, goneAway } = await resetStreams(`127.0.0.1:${port}`);
  server.forceShutdown();
  assert.equal(goneAway, true);
  assert.ok(answered < total, `${answered} answered`);
});

const libraries: [name: string, server: object][] = [
  ['has no such member', {}],
  ['holds something else there', { commonServerOptions: 1 }],
  ['holds nothing there', { commonServerOptions: null }],
];

for (const [name, server] of libraries) {
  test(`a library that ${name} is refused at the start`, () => {
    assert.throws(() => allowResets(server), /the limit on stream resets cannot be lifted/);
  });
}
