/**
 * @module
 * Spans through OpenTelemetry's SDK to a receiver, and what happens if the receiver is away, slow or wrong.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeOutcomes } from '../../../src/extproc/observer.ts';
import { createLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { maxPending } from '../../../src/observe/tracing/request-tracer.ts';
import { samplings } from '../../../src/observe/tracing/sampling.ts';
import type { TracedRequest } from '../../../src/observe/tracing/spans.ts';
import { startTracing, type Tracing } from '../../../src/observe/tracing/start-tracing.ts';
import { traceResults } from '../../../src/observe/tracing/trace-results.ts';
import { otlpPackages, runJson } from '../../e2e/harness/python-tools.ts';
import { until } from '../../serving/sidecar.ts';
import { type Receiver, receiverSecret, startReceiver } from './otlp-receiver.ts';

const parent = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  parentId: '00f067aa0ba902b7',
  flags: 1,
  isSampled: true,
} as const;

function request(change: Partial<TracedRequest> = {}): TracedRequest {
  const at = performance.now() / 1000;
  const began = at - 0.002;
  const never = { began: Number.NEGATIVE_INFINITY, ended: Number.NEGATIVE_INFINITY };
  const keyUse = { signing: { began: at - 0.001, ended: at - 0.0005 }, encrypting: never };
  return {
    ...{ outcome: 'forwarded', seconds: 0.003, at, code: undefined, route: 'orders' },
    mints: [{ policy: 'p', outcome: 'minted', began, keyUse }],
    ...{ trace: parent, traceState: 'vendor=1,Not A Key=2' },
    ...change,
  };
}

interface World {
  readonly tracing: Tracing;
  results(): Promise<Readonly<Record<string, number>>>;
  lines(): readonly Readonly<Record<string, unknown>>[];
}

async function startWorld(url: string, perSecond = 100_000): Promise<World> {
  const metrics = new Metrics({ version: '0', outcomes: Object.keys(exchangeOutcomes) });
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const settings = { url, sampling: samplings.always_on, perSecond, origin: 'configuration' } as const;
  const tracing = await startTracing(settings, '1.2.3', metrics, log);
  return {
    tracing,
    async results() {
      const text = await metrics.text();
      const count = (result: string): number =>
        Number(new RegExp(`^mintproc_traced_requests_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
      return Object.fromEntries(traceResults.map((result) => [result, count(result)]));
    },
    lines: () => lines.map((line) => JSON.parse(line)),
  };
}

const none = { exported: 0, failed: 0, 'over-limit': 0, 'queue-full': 0 };

function tracesUrl({ url }: Receiver): string {
  return `${url}/v1/traces`;
}

test('a request is a span of the caller’s trace, with a span for evaluating and one for signing', async () => {
  await using receiver = await startReceiver();
  const { tracing, results } = await startWorld(tracesUrl(receiver));
  const before = BigInt(Date.now()) * 1_000_000n;
  tracing.tracer.finished(request());
  assert.equal(await tracing.close(10_000), 'flushed');
  const [decide, evaluate, sign] = receiver.spans;
  assert.ok(decide && evaluate && sign);
  assert.equal(receiver.spans.length, 3);
  for (const { traceId, status, resource, traceState, events } of receiver.spans) {
    assert.equal(traceId, parent.traceId);
    assert.deepEqual(status, { code: 'UNSET', message: '' });
    assert.equal(resource['service.name'], 'mintproc');
    assert.equal(resource['service.version'], '1.2.3');
    assert.equal(traceState, 'vendor=1', 'a member without its form is left out');
    assert.equal(events, 0);
  }
  assert.deepEqual(
    [decide, evaluate, sign].map(({ name, kind, parentId }) => [name, kind, parentId]),
    [
      ['mintproc.decide', 'SERVER', parent.parentId],
      ['mintproc.evaluate', 'INTERNAL', decide.spanId],
      ['mintproc.sign', 'INTERNAL', decide.spanId],
    ],
  );
  assert.deepEqual(decide.attributes, { 'mintproc.outcome': 'forwarded', 'mintproc.route': 'orders' });
  assert.ok(decide.start <= evaluate.start && evaluate.end === sign.start && sign.end <= decide.end);
  const nearly = 1_000_000n;
  assert.ok(Number(decide.end - decide.start) / 1e6 - 3 < 0.01, 'milliseconds');
  assert.ok(decide.end > before - 50n * nearly && decide.end < BigInt(Date.now() + 50) * nearly, 'the time of day');
  assert.equal(receiver.requests[0]?.path, '/v1/traces');
  assert.equal(receiver.requests[0]?.headers['content-type'], 'application/x-protobuf');
  assert.deepEqual(await results(), { ...none, exported: 1 });
});

test('Google’s protobuf with OpenTelemetry’s own definitions reads the same spans', async () => {
  await using receiver = await startReceiver();
  const { tracing } = await startWorld(tracesUrl(receiver));
  tracing.tracer.finished(request());
  tracing.tracer.finished(request({ outcome: 'refused', code: 'route.none', mints: [] }));
  await tracing.close(10_000);
  const script = `
import base64
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
read = []
for text in given:
    message = ExportTraceServiceRequest()
    message.ParseFromString(base64.b64decode(text))
    for resource in message.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                read.append([span.name, span.span_id.hex(), span.parent_span_id.hex(), span.trace_state,
                    str(span.start_time_unix_nano), str(span.end_time_unix_nano), span.status.message])
print(json.dumps(read))`;
  const sent = receiver.requests.map(({ bytes }) => bytes.toString('base64'));
  const expected = receiver.spans.map((span) => [
    ...[span.name, span.spanId, span.parentId, span.traceState, `${span.start}`, `${span.end}`, span.status.message],
  ]);
  assert.equal(expected.length, 4);
  assert.deepEqual(await runJson(script, sent, otlpPackages), expected);
});

test('a request without a trace begins one, and a refused one has the error and its code', async () => {
  await using receiver = await startReceiver();
  const { tracing } = await startWorld(tracesUrl(receiver));
  tracing.tracer.finished(
    request({ trace: undefined, outcome: 'refused', code: 'route.none', mints: [], route: undefined }),
  );
  await tracing.close(10_000);
  const [span] = receiver.spans;
  assert.equal(receiver.spans.length, 1);
  assert.match(span?.traceId ?? '', /^[0-9a-f]{32}$/);
  assert.notEqual(span?.traceId, parent.traceId);
  assert.equal(span?.parentId, '');
  assert.deepEqual(span?.status, { code: 'ERROR', message: 'route.none' });
  assert.deepEqual(span?.attributes, { 'mintproc.outcome': 'refused', 'error.type': 'route.none' });
});

const refusals: [name: string, answer: number, reason: string][] = [
  ['refuses', 400, 'The receiver answered with the HTTP status 400.'],
  ['wants credentials', 401, 'The receiver answered with the HTTP status 401.'],
];

for (const [name, answer, reason] of refusals) {
  test(`a receiver that ${name}: counted, said once, and said when it takes spans again`, async () => {
    await using receiver = await startReceiver();
    receiver.answer = answer;
    const { tracing, results, lines } = await startWorld(tracesUrl(receiver));
    for (let sent = 0; sent < 3; sent++) {
      tracing.tracer.finished(request());
      await until(async () => (await results())['failed'] === sent + 1);
    }
    assert.deepEqual(
      lines().map(({ message, reason: why }) => [message, why]),
      [['Spans could not be exported.', reason]],
    );
    receiver.answer = 200;
    tracing.tracer.finished(request());
    await until(async () => (await results())['exported'] === 1);
    assert.equal(lines().at(-1)?.['message'], 'Spans are exported again.');
    assert.ok(!JSON.stringify(lines()).includes(receiverSecret));
    await tracing.close(1000);
  });
}

test('a receiver that takes only a part of the spans: the log says so once, without its own words', async () => {
  await using receiver = await startReceiver();
  receiver.answer = 'partial';
  const { tracing, results, lines } = await startWorld(tracesUrl(receiver));
  for (let sent = 0; sent < 3; sent++) {
    tracing.tracer.finished(request());
    await until(async () => (await results())['exported'] === sent + 1);
  }
  await tracing.close(10_000);
  assert.deepEqual(
    lines().map(({ message, reason }) => [message, reason]),
    [['Something of tracing is not as it was meant.', 'The receiver took only a part of the spans.']],
  );
});

test('a receiver that is away: spans are given up at the end, within the time for it', async () => {
  const receiver = await startReceiver();
  await receiver[Symbol.asyncDispose]();
  const { tracing, results, lines } = await startWorld(tracesUrl(receiver));
  tracing.tracer.finished(request());
  assert.equal(await tracing.close(50), 'cut-off');
  assert.deepEqual(await results(), { ...none, failed: 1 });
  assert.equal(lines()[0]?.['reason'], 'mintproc stopped before they were exported.');
});

test('a receiver that never answers: what waits is bounded, and every other request is counted', async () => {
  await using receiver = await startReceiver();
  receiver.answer = 'silent';
  const { tracing, results } = await startWorld(tracesUrl(receiver));
  // Three spans each.
  const fitting = Math.floor(maxPending / 3);
  for (let sent = 0; sent < fitting; sent++) tracing.tracer.finished(request());
  assert.deepEqual(await results(), none);
  for (let sent = 0; sent < 10; sent++) tracing.tracer.finished(request());
  assert.deepEqual(await results(), { ...none, 'queue-full': 10 });
  assert.equal(await tracing.close(50), 'cut-off');
  assert.deepEqual(await results(), { ...none, failed: fitting, 'queue-full': 10 });
});

test('spans that were exported make place for others', async () => {
  await using receiver = await startReceiver();
  const { tracing, results } = await startWorld(tracesUrl(receiver));
  const fitting = Math.floor(maxPending / 3);
  for (let sent = 0; sent < fitting; sent++) tracing.tracer.finished(request());
  await until(async () => (await results())['exported'] === fitting);
  tracing.tracer.finished(request());
  assert.equal(await tracing.close(10_000), 'flushed');
  assert.deepEqual(await results(), { ...none, exported: fitting + 1 });
});

test('nothing waits: closing takes no time', async () => {
  await using receiver = await startReceiver();
  const { tracing, results } = await startWorld(tracesUrl(receiver));
  assert.equal(await tracing.close(10_000), 'flushed');
  assert.deepEqual(await results(), none);
});
