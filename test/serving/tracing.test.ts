/**
 * @module
 * Traces of a real `mintproc serve`: both protocols and transports, workers, the variables of OpenTelemetry, a receiver
 * that is away, a reload and the end.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessingRequest } from '../../src/extproc/messages.ts';
import { flexPolicy } from '../configuration/memory-files.ts';
import { failing } from '../e2e/harness/policies.ts';
import { endOf } from '../extproc/stream-client.ts';
import { type ReceivedSpan, type Receiver, startReceiver } from '../observe/tracing/otlp-receiver.ts';
import { type Caller, plain, startSidecar, until } from './sidecar.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const ofRequest = `00-${traceId}-00f067aa0ba902b7-01`;
const ofCall = `00-${traceId}-aaaaaaaaaaaaaaaa-01`;
const canary = 'canary-of-a-claim';

type Headers = readonly (readonly [name: string, value: string])[];

/** @param headers besides a path that makes `failing` fail */
function headersMessage(headers: Headers): ProcessingRequest {
  const fields = ([[':path', '/?fail=yes'], ...headers] as const).map(([key, value]) => ({
    key,
    raw_value: Buffer.from(value),
  }));
  return { request: 'request_headers', request_headers: { headers: { headers: fields }, end_of_stream: true } };
}

const protocols = {
  async ext_proc({ client }: Caller, headers: Headers, metadata: Headers): Promise<void> {
    const call = client.open(metadata);
    call.write(headersMessage(headers));
    call.end();
    await endOf(call);
  },
  async ext_authz({ client }: Caller, headers: Headers, metadata: Headers): Promise<void> {
    const http = { method: 'GET', path: '/', host: 'api.example.com', headers: Object.fromEntries(headers) };
    await client.check({ attributes: { request: { http } } } as never, metadata);
  },
} as const;

function decisions({ spans }: Receiver): readonly ReceivedSpan[] {
  return spans.filter(({ name }) => name === 'mintproc.decide');
}

const policies = { policies: [{ name: 'p', file: 'policy.yaml' }] };
const files = { 'policy.yaml': flexPolicy({ sub: canary }) };

for (const transport of ['native', 'grpc-js'] as const) {
  for (const [protocol, send] of Object.entries(protocols)) {
    test(`${protocol} on ${transport}: the span’s parent is Envoy’s span for the call, else the request’s`, async () => {
      await using receiver = await startReceiver();
      const tracing = { otlp: receiver.url };
      await using sidecar = await startSidecar({ ...plain, ...policies, transport, workers: 1, tracing }, files);
      const caller = sidecar.connect();
      await send(
        caller,
        [['traceparent', ofRequest]],
        [
          ['traceparent', ofCall],
          ['tracestate', 'a=1'],
        ],
      );
      await send(
        caller,
        [
          ['traceparent', ofRequest],
          ['tracestate', 'b=2'],
        ],
        [],
      );
      await send(
        caller,
        [
          ['traceparent', ofRequest],
          ['tracestate', 'b=2'],
        ],
        [['traceparent', 'none']],
      );
      // Not sampled: by Envoy, by the caller, by nobody.
      await send(caller, [['traceparent', ofRequest]], [['traceparent', ofCall.replace(/1$/, '0')]]);
      await send(caller, [['traceparent', ofRequest.replace(/1$/, '0')]], []);
      await send(caller, [], []);
      await send(caller, [['traceparent', ofRequest]], []);
      await until(() => decisions(receiver).length === 4);
      assert.deepEqual(
        decisions(receiver).map((span) => [span.traceId, span.parentId, span.traceState]),
        [
          [traceId, 'aaaaaaaaaaaaaaaa', 'a=1'],
          [traceId, '00f067aa0ba902b7', 'b=2'],
          [traceId, '00f067aa0ba902b7', 'b=2'],
          [traceId, '00f067aa0ba902b7', ''],
        ],
      );
      const evaluated = receiver.spans.find(({ name }) => name === 'mintproc.evaluate');
      assert.equal(evaluated?.attributes['mintproc.policy'], 'p');
      const sent = Buffer.concat(receiver.requests.map(({ bytes }) => bytes)).toString('latin1');
      assert.ok(!sent.includes(canary), 'no claim in a span');
    });
  }
}

test('workers trace, each as an instance of its own, and the primary says it once', async () => {
  await using receiver = await startReceiver();
  await using sidecar = await startSidecar({ ...plain, workers: 2, tracing: { otlp: receiver.url, sample: 1 } });
  for (let made = 0; made < 4; made++) await sidecar.connect().token();
  await until(() => decisions(receiver).length === 4);
  const instances = new Set(receiver.spans.map(({ resource }) => resource['service.instance.id']));
  assert.equal(instances.size, 2);
  assert.equal(sidecar.log().filter(({ message }) => message === 'Requests are traced.').length, 1);
  assert.equal((await sidecar.metrics()).get('mintproc_traced_requests_total{result="exported"}'), 4);
});

test('the variables of OpenTelemetry: endpoint, headers, resource, compression; wrong ones are said', async () => {
  await using receiver = await startReceiver();
  await using sidecar = await startSidecar({ ...plain, workers: 1 }, undefined, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret-of-the-receiver',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test,service.name=other',
    OTEL_SERVICE_NAME: 'gateway-tokens',
    OTEL_BSP_SCHEDULE_DELAY: '1',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem',
  });
  await sidecar.connect().token();
  await until(() => decisions(receiver).length === 1);
  const { headers } = receiver.requests[0] ?? {};
  assert.equal(headers?.['api-key'], 'secret-of-the-receiver');
  assert.equal(headers?.['content-encoding'], 'gzip');
  const { resource } = receiver.spans[0] ?? {};
  assert.equal(resource?.['service.name'], 'gateway-tokens');
  assert.equal(resource?.['deployment.environment.name'], 'test');
  const said = sidecar.log().map(({ variable, reason }) => variable ?? reason);
  assert.ok(said.includes('OTEL_BSP_SCHEDULE_DELAY'), JSON.stringify(said));
  assert.ok(said.includes('The file of OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read.'), JSON.stringify(said));
  assert.ok(!JSON.stringify(sidecar.log()).includes('secret-of-the-receiver'));
});

test('without tracing there is no series, no line and no export', async () => {
  await using receiver = await startReceiver();
  await using sidecar = await startSidecar({ ...plain, workers: 1 }, undefined, {
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  await sidecar.connect().token();
  const names = [...(await sidecar.metrics()).keys()];
  assert.ok(!names.some((name) => name.startsWith('mintproc_traced')));
  assert.ok(!sidecar.log().some(({ message }) => message === 'Requests are traced.'));
  await sidecar.process.stop();
  assert.equal(receiver.requests.length, 0);
});

test('a log line of a refused request has its trace id, with and without tracing', async () => {
  await using sidecar = await startSidecar({ ...plain, workers: 1 }, { 'policy.yaml': flexPolicy({ sub: failing }) });
  const caller = sidecar.connect();
  await protocols.ext_proc(caller, [['traceparent', ofRequest]], []);
  await protocols.ext_proc(caller, [['traceparent', `${ofRequest}x`]], []);
  await protocols.ext_proc(caller, [], [['traceparent', ofCall]]);
  const refused = (): readonly Readonly<Record<string, unknown>>[] =>
    sidecar.log().filter(({ message }) => message === 'A policy minted no token.');
  await until(() => refused().length === 3);
  assert.deepEqual(
    refused().map((line) => line['traceId']),
    [traceId, undefined, traceId],
  );
});

test('what waits at the end is exported', async () => {
  await using receiver = await startReceiver();
  await using sidecar = await startSidecar({ ...plain, workers: 1, tracing: { otlp: receiver.url, sample: 1 } });
  await sidecar.connect().token();
  await sidecar.process.stop();
  assert.equal(decisions(receiver).length, 1);
});

for (const workers of [1, 2]) {
  test(`${workers} serving, a receiver that is away: requests go on, and the end is not later than the drain allows`, async () => {
    await using receiver = await startReceiver();
    receiver.answer = 'silent';
    const tracing = { otlp: receiver.url, sample: 1 };
    await using sidecar = await startSidecar({ ...plain, workers, tracing, drain: { timeout: '1s' } });
    const caller = sidecar.connect();
    for (let sent = 0; sent < 20; sent++) assert.equal((await caller.token())?.claims['iss'], 'one');
    caller.client.close();
    assert.equal(await sidecar.process.stop(), 0);
    // Not: `The receiver gave no answer in time`, which is known after five seconds.
    const { reason } = sidecar.log().find(({ message }) => message === 'Spans could not be exported.') ?? {};
    assert.equal(reason, 'mintproc stopped before they were exported.');
  });
}

test('a reload with another `tracing` says that it needs a restart', async () => {
  await using receiver = await startReceiver();
  const configuration = { ...plain, workers: 1, listen: '127.0.0.1:0', admin: '127.0.0.1:0' };
  await using sidecar = await startSidecar(configuration);
  sidecar.write('mintproc.yaml', JSON.stringify({ ...configuration, tracing: { otlp: receiver.url } }));
  await until(() => sidecar.log().some(({ reason }) => reason === '`tracing`'));
});
