/**
 * @module
 * The audit behind a real Envoy: the line carries Envoy's request id and the caller's trace, and nothing that the
 * caller or the policy wrote.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { seenHeader } from '../../demo/upstream.ts';
import { until } from '../serving/sidecar.ts';
import { seenIn } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { startStack } from './harness/stack.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const canary = 'canary-of-a-claim';

test('a token leaves one line by which its request is found again', async () => {
  await using stack = await startStack({
    files: { 'policy.yaml': hmacPolicy({ sub: canary }), 'subject.key': 'k'.repeat(40) },
    mintproc: {
      log: { audit: { subjectKey: { file: 'subject.key' } } },
      policies: [{ name: 'p', file: 'policy.yaml' }],
      routes: [{ match: {}, policies: ['p'] }],
    },
    envoy: withoutJwtAuthn,
  });
  const headers = [
    ['traceparent', `00-${traceId}-b7ad6b7169203331-01`],
    ['x-user', canary],
  ] as const;
  const seen = seenIn(await stack.ask({ headers }));
  const [requestId] = seenHeader(seen, 'x-request-id');
  const [token = ''] = seenHeader(seen, 'authorization');
  // The line is written after the answer.
  const audited = (): string[] =>
    readFileSync(stack.sidecar.log, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"stream":"audit"') && line.endsWith('}'));
  await until(() => audited().length > 0);
  assert.equal(audited().length, 1);
  const { time, subject, lifetime, ...line } = JSON.parse(audited()[0] ?? '');
  assert.match(time, /Z$/);
  assert.match(subject, /^[0-9a-f]{16}$/);
  assert.ok(lifetime === undefined || Number.isInteger(lifetime));
  assert.deepEqual(line, {
    level: 'info',
    stream: 'audit',
    policy: 'p',
    outcome: 'forwarded',
    alg: 'HS256',
    requestId,
    traceId,
    reused: false,
    message: 'A policy minted a token.',
  });
  const log = readFileSync(stack.sidecar.log, 'utf8');
  assert.ok(!log.includes(canary) && !log.includes(token.slice('Bearer '.length, 60)));
});
