/**
 * @module
 * Without a sidecar no request passes; with a new one they do again.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { extProc, hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, type StackOptions, startStack } from './harness/stack.ts';

const mintproc = { policies: [{ name: 'p', file: 'policy.yaml' }], routes: [{ match: {}, policies: ['p'] }] };
const files = { 'policy.yaml': hmacPolicy({ sub: 'x' }) };

for (const unixSocket of [false, true]) {
  const over = unixSocket ? 'a unix socket' : 'TCP';
  let stack: Stack;
  before(async () => {
    stack = await startStack({ files, mintproc, envoy: withoutJwtAuthn, unixSocket });
  });
  after(() => stack?.[Symbol.asyncDispose]());

  test(`over ${over}: a token, then none while the sidecar is down, then one again`, async () => {
    assert.match(seenHeader(seenIn(await stack.ask()), 'authorization')[0] ?? '', /^Bearer ey/);

    // Killed, so that it cannot tidy up: a socket stays behind.
    stack.sidecar.signal('SIGKILL');
    assert.equal(await stack.sidecar.ended, 'SIGKILL');
    for (let i = 0; i < 5; i++) {
      const answer = await stack.ask({ headers: [['authorization', 'spoofed']] });
      assert.equal(answer.status, 500);
    }
    assert.equal(stack.seen.length, 1);

    await stack.restartSidecar();
    const giveUp = Date.now() + 10_000;
    let answer = await stack.ask();
    // Envoy waits a moment before it connects anew.
    while (answer.status !== 200 && Date.now() < giveUp) {
      await pause(50);
      answer = await stack.ask();
    }
    assert.match(seenHeader(seenIn(answer), 'authorization')[0] ?? '', /^Bearer ey/);
  });
}

test('a sidecar that is late: the request is refused, and the next one has its token', async () => {
  const envoy: StackOptions['envoy'] = (config) => {
    withoutJwtAuthn(config);
    config.set([...extProc(config), 'message_timeout'], '1s');
  };
  await using stack = await startStack({ files, mintproc, envoy });
  stack.sidecar.signal('SIGSTOP');
  try {
    assert.equal((await stack.ask({ headers: [['authorization', 'spoofed']] })).status, 504);
  } finally {
    stack.sidecar.signal('SIGCONT');
  }
  assert.match(seenHeader(seenIn(await stack.ask()), 'authorization')[0] ?? '', /^Bearer ey/);
  assert.equal(stack.seen.length, 1);
});
