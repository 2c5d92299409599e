/**
 * @module
 * The headers of mintproc's own refusals, as a real Envoy passes them to callers.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { extProc, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type StackOptions, startStack } from './harness/stack.ts';

const files = { 'policy.yaml': hmacPolicy({ sub: 'x' }) };
const routes = [{ match: {}, policies: ['p'] }];

test('a caller that nobody knows gets 401 with WWW-Authenticate', async () => {
  const policies = [{ name: 'p', file: 'policy.yaml', requireCaller: true }];
  await using stack = await startStack({ files, mintproc: { policies, routes }, envoy: withoutJwtAuthn });
  const { status, headers, body } = await stack.ask({ headers: [['authorization', 'Basic secret']] });
  assert.deepEqual([status, headers['www-authenticate']], [401, 'Bearer realm="mintproc"']);
  assert.equal(body, '{"error":{"code":"identity.missing"}}');
});

test('a request beyond limits.inFlight gets 503 with Retry-After, even if Envoy fails open', async () => {
  const options: StackOptions = {
    files,
    mintproc: { policies: [{ name: 'p', file: 'policy.yaml' }], routes, limits: { inFlight: 1 } },
    envoy(config) {
      withoutJwtAuthn(config);
      config.set([...extProc(config), 'failure_mode_allow'], true);
      // The stream then lasts as long as the request's body.
      config.set([...extProc(config), 'processing_mode', 'request_body_mode'], 'STREAMED');
    },
  };
  await using stack = await startStack(options);
  const slow = request({ host: '127.0.0.1', port: stack.port, method: 'POST', headers: { 'content-length': 10 } });
  slow.write('first');
  const answered = once(slow, 'response');
  while (stack.seen.length < 1) await pause(10);
  const { status, headers, body } = await stack.ask();
  assert.deepEqual([status, headers['retry-after']], [503, '1']);
  assert.equal(body, '{"error":{"code":"extproc.overloaded"}}');
  const metrics = await stack.admin('/metrics');
  assert.match(metrics.body, /^mintproc_requests_total\{outcome="overloaded"\} 1$/m);
  slow.end(' last');
  const [response] = await answered;
  assert.equal(response.statusCode, 200);
  response.resume();
  assert.equal((await stack.ask()).status, 200);
});
