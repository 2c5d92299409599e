/**
 * @module
 * Traces behind a real Envoy that traces too, with the part of its configuration that docs/tracing.md shows: mintproc's
 * span is below Envoy's, and the upstream gets the `traceparent` that it would get without mintproc.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import type { EnvoyConfig } from '../../demo/envoy-config.ts';
import { seenHeader } from '../../demo/upstream.ts';
import { blocksRunBy } from '../docs/run-pages/blocks-run-by.ts';
import { type ReceivedSpan, type Receiver, startReceiver } from '../observe/tracing/otlp-receiver.ts';
import { until } from '../serving/sidecar.ts';
import { plainFilter, useExtAuthz } from './harness/ext-authz.ts';
import { failing, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

const [{ text: example } = { text: '' }] = blocksRunBy('docs/tracing.md', import.meta.filename);

/** Adds the example, with its own port and every request sampled. */
function traceTo({ url }: Receiver, config: EnvoyConfig): void {
  const { tracing } = parse(example.replace('http://localhost:4318', url).replace('value: 1 ', 'value: 100 '));
  config.set([...config.connectionManager, 'tracing'], tracing);
  const address = { socket_address: { address: '127.0.0.1', port_value: Number(new URL(url).port) } };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
  const clusters = config.get(['static_resources', 'clusters']) as readonly unknown[];
  config.set(['static_resources', 'clusters', clusters.length], {
    ...{ name: 'otlp', type: 'STATIC', load_assignment: { cluster_name: 'otlp', endpoints } },
  });
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

interface World {
  readonly receiver: Receiver;
  readonly stack: Stack;
}

async function startWorld(configure: (config: EnvoyConfig, receiver: Receiver) => void): Promise<World> {
  const receiver = await startReceiver();
  const stack = await startStack({
    files: { 'policy.yaml': hmacPolicy({ minted: failing }) },
    mintproc: {
      policies: [{ name: 'partner', file: 'policy.yaml' }],
      routes: [{ name: 'orders', match: {}, policies: ['partner'] }],
      tracing: { otlp: receiver.url },
    },
    envoy: (config) => {
      withoutJwtAuthn(config);
      configure(config, receiver);
    },
  });
  return { receiver, stack };
}

function named(spans: readonly ReceivedSpan[], trace: string, name: string): ReceivedSpan | undefined {
  return spans.find((span) => span.traceId === trace && span.name === name);
}

const filters = [
  ['ext_proc', () => undefined, 'async envoy.service.ext_proc.v3.ExternalProcessor.Process egress'],
  [
    'ext_authz',
    (config: EnvoyConfig) => useExtAuthz(config, plainFilter),
    'async envoy.service.auth.v3.Authorization.Check egress',
  ],
] as const;

for (const [filter, configure, call] of filters) {
  test(`${filter}: mintproc’s span is below Envoy’s span for the call, with and without a caller’s trace`, async () => {
    const { receiver, stack } = await startWorld((config, to) => {
      configure(config);
      traceTo(to, config);
    });
    try {
      await stack.ask({ headers: [['traceparent', traceparent]] });
      await stack.ask();
      assert.equal((await stack.ask({ path: '/?fail=yes' })).status, 500);
      const { spans } = receiver;
      const decisions = (): readonly ReceivedSpan[] => spans.filter(({ name }) => name === 'mintproc.decide');
      // Envoy exports its spans every few seconds.
      const hasCall = ({ traceId: trace }: ReceivedSpan): boolean => named(spans, trace, call) !== undefined;
      await until(() => decisions().length === 3 && decisions().every(hasCall));
      for (const decide of decisions()) {
        const egress = named(spans, decide.traceId, call);
        assert.equal(decide.parentId, egress?.spanId);
        assert.equal(egress?.kind, 'CLIENT');
        // Two processes that read the same clock of the machine, each to the microsecond.
        const slack = 1_000_000n;
        assert.ok(egress.start - slack <= decide.start && decide.end <= egress.end + slack);
        assert.equal(decide.attributes['mintproc.route'], 'orders');
      }
      assert.equal(decisions().filter((span) => span.traceId === traceId).length, 1);
      const refused = decisions().find(({ attributes }) => attributes['mintproc.outcome'] === 'refused');
      assert.equal(refused?.status.code, 'ERROR');
      const upstream = stack.seen.map((seen) => seenHeader(seen, 'traceparent')[0] ?? '');
      assert.equal(upstream.length, 2);
      for (const value of upstream) {
        const [, trace = '', parent] = value.split('-');
        assert.equal(spans.find(({ spanId }) => spanId === parent)?.resource['service.name'], 'envoy');
        assert.ok(named(spans, trace, 'mintproc.decide'));
      }
    } finally {
      await stack[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    }
  });
}

let untraced: World;
before(async () => {
  untraced = await startWorld(() => undefined);
});
after(async () => {
  await untraced?.stack[Symbol.asyncDispose]();
  await untraced?.receiver[Symbol.asyncDispose]();
});

test('an Envoy that does not trace: the caller’s span is the parent, and the upstream gets it unchanged', async () => {
  const { receiver, stack } = untraced;
  const headers = [
    ['traceparent', traceparent],
    ['tracestate', 'vendor=1'],
  ] as const;
  await stack.ask({ headers });
  const [seen] = stack.seen;
  for (const [name, value] of headers) assert.deepEqual(seen && seenHeader(seen, name), [value]);
  await until(() => receiver.spans.length === 3);
  const [decide] = receiver.spans;
  assert.deepEqual([decide?.traceId, decide?.parentId, decide?.traceState], [traceId, '00f067aa0ba902b7', 'vendor=1']);
});
