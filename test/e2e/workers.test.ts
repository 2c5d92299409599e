/**
 * @module
 * Two workers behind an Envoy of two threads: both are used, and the end of one costs what was in flight there at most.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { seenHeader } from '../../demo/upstream.ts';
import { load } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

let stack: Stack;
before(async () => {
  stack = await startStack({
    files: { 'policy.yaml': hmacPolicy({ sub: 'x' }) },
    mintproc: { workers: 2, policies: [{ name: 'p', file: 'policy.yaml' }], routes: [{ match: {}, policies: ['p'] }] },
    envoy: withoutJwtAuthn,
    concurrency: 2,
  });
});
after(() => stack?.[Symbol.asyncDispose]());

/** Of both workers. */
async function figures(name: string): Promise<readonly number[]> {
  const { body } = await stack.admin('/metrics');
  return Array.from(body.matchAll(new RegExp(`^mintproc_worker_${name}\\{.*\\} (\\d+)$`, 'gm')), ([, n]) => Number(n));
}

test('Envoy’s two connections use both workers', async () => {
  const statuses = await load({ port: stack.port, requests: 500, connections: 16, question: {} });
  assert.deepEqual([...statuses], [[200, 500]]);
  assert.deepEqual(await figures('connections'), [1, 1]);
  const requests = await figures('requests_total');
  assert.equal(requests[0] ?? 0, 500 - (requests[1] ?? 0));
  assert.ok(
    requests.every((count) => count > 50),
    String(requests),
  );
});

test('a worker that is killed under load: no request passes without its token, and most notice nothing', async (t) => {
  const already = stack.seen.length;
  const working = load({ port: stack.port, requests: 1500, connections: 16, question: {} });
  while (stack.seen.length < already + 300) await pause(5);
  const [victim = 0] = readFileSync(`/proc/${stack.sidecar.pid}/task/${stack.sidecar.pid}/children`, 'utf8').split(' ');
  process.kill(Number(victim), 'SIGKILL');
  const statuses = await working;
  const answered = statuses.get(200) ?? 0;
  const refused = 1500 - answered;
  t.diagnostic(`${refused} of 1500 requests were refused`);
  assert.equal(statuses.get(500) ?? 0, refused, JSON.stringify([...statuses]));
  // At most each caller's one request, and Envoy's retries of the connection.
  assert.ok(refused <= 64, `${refused} refused`);
  assert.equal(stack.seen.length - already, answered);
  for (const seen of stack.seen) assert.match(seenHeader(seen, 'authorization')[0] ?? '', /^Bearer ey/);
  while (!(await stack.admin('/readyz')).body.includes('"serving":2')) await pause(10);
});

const skip = process.env['MINTPROC_E2E_TRANSPORT'] === 'grpc-js' ? 'grpc-js cannot do without losing requests' : false;

test('Envoy’s connections come back to the new worker, and no request is lost by that', { skip }, async () => {
  const giveUp = Date.now() + 20_000;
  let statuses = new Map<number, number>();
  do {
    assert.ok(Date.now() < giveUp, 'one worker stays idle');
    statuses = await load({ port: stack.port, requests: 200, connections: 16, question: {} });
    assert.deepEqual([...statuses], [[200, 200]]);
  } while (String(await figures('connections')) !== '1,1');
});
