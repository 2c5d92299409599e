/**
 * @module
 * SIGTERM: no longer ready, what is in flight finishes, exit code 0.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { seenHeader } from '../../demo/upstream.ts';
import { load } from './harness/client.ts';
import { extProc, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type StackOptions, startStack } from './harness/stack.ts';

const options: StackOptions = {
  files: { 'policy.yaml': hmacPolicy({ sub: 'x' }) },
  mintproc: { policies: [{ name: 'p', file: 'policy.yaml' }], routes: [{ match: {}, policies: ['p'] }] },
  envoy(config) {
    withoutJwtAuthn(config);
    // The stream then lasts as long as the request's body.
    config.set([...extProc(config), 'processing_mode', 'request_body_mode'], 'STREAMED');
  },
};

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`still not: ${holds}`);
    await pause(10);
  }
}

/** A request whose body is half sent. */
function startPost(port: number): ClientRequest {
  const outgoing = request({ host: '127.0.0.1', port, method: 'POST', headers: { 'content-length': 10 } });
  outgoing.write('first');
  return outgoing;
}

test('a stream in flight at SIGTERM finishes', async () => {
  await using stack = await startStack(options);
  const outgoing = startPost(stack.port);
  const answered = once(outgoing, 'response');
  await until(() => stack.seen.length === 1);

  stack.sidecar.signal('SIGTERM');
  await until(async () => (await stack.admin('/readyz')).status === 503);
  assert.equal((await stack.admin('/healthz')).status, 200);
  assert.equal(stack.sidecar.ending, undefined, 'it waits for the stream');

  outgoing.end(' last');
  const [response]: IncomingMessage[] = await answered;
  response?.resume();
  assert.equal(response?.statusCode, 200);
  assert.equal(await stack.sidecar.ended, 0);
});

test('SIGTERM under load: a request is answered with its token or refused, and the sidecar ends with 0', async () => {
  await using stack = await startStack(options);
  const working = load({ port: stack.port, requests: 1500, connections: 16, question: {} });
  await until(() => stack.seen.length > 300);
  stack.sidecar.signal('SIGTERM');
  assert.equal(await stack.sidecar.ended, 0);
  const statuses = await working;
  const answered = statuses.get(200) ?? 0;
  const refused = statuses.get(500) ?? 0;
  assert.equal(answered + refused, 1500, JSON.stringify([...statuses]));
  assert.ok(answered > 300 && refused > 0);
  assert.equal(stack.seen.length, answered);
  for (const seen of stack.seen) assert.match(seenHeader(seen, 'authorization')[0] ?? '', /^Bearer ey/);
});

test('SIGTERM under load with a delay: nothing is lost, and the sidecar ends with 0 once the delay is over', async () => {
  const drain = { delay: '3s', timeout: '5s' };
  await using stack = await startStack({ ...options, mintproc: { ...options.mintproc, drain } });
  const working = load({ port: stack.port, requests: 600, connections: 16, question: {} });
  await until(() => stack.seen.length > 200);
  const asked = performance.now();
  stack.sidecar.signal('SIGTERM');
  await until(async () => (await stack.admin('/readyz')).status === 503);
  assert.deepEqual([...(await working)], [[200, 600]]);
  // A caller, and so a stream, that comes after readiness was lost.
  assert.equal((await stack.ask()).status, 200);
  for (const seen of stack.seen) assert.match(seenHeader(seen, 'authorization')[0] ?? '', /^Bearer ey/);
  assert.equal(await stack.sidecar.ended, 0);
  const took = performance.now() - asked;
  assert.ok(took >= 2_990, `it served for ${took} ms`);
});

test('a drain is bounded: a stream that does not end is given up', async () => {
  await using stack = await startStack({ ...options, mintproc: { ...options.mintproc, drain: { timeout: '500ms' } } });
  const outgoing = startPost(stack.port);
  const answered = once(outgoing, 'response');
  await until(() => stack.seen.length === 1);
  const asked = performance.now();
  stack.sidecar.signal('SIGTERM');
  assert.equal(await stack.sidecar.ended, 0);
  const took = performance.now() - asked;
  assert.ok(took > 400 && took < 5_000, `${took} ms`);
  const [response]: IncomingMessage[] = await answered;
  assert.equal(response?.statusCode, 500, 'Envoy gives the request up, too');
  response?.on('error', () => {}); // its other half is never sent
  outgoing.destroy();
});
