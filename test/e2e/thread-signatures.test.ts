/**
 * RSA on other threads behind a real Envoy: every request of a load has its own token, which verifies.
 */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { jwtVerify } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { load } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { startStack } from './harness/stack.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const requests = 400;

for (const [name, reuse, signatures] of [
  ['each signed', false, (count: number) => count === requests],
  ['reused within the second', true, (count: number) => count < requests / 4],
] as const) {
  test(`signed on other threads, ${name}: all tokens verify`, async () => {
    const policy = hmacPolicy({ sub: 'x' })
      .replace('HS256', 'RS256')
      .replace(/^.*privateKey:.*\n/m, '');
    await using stack = await startStack({
      files: { 'policy.yaml': policy, 'signer.pem': pem },
      mintproc: {
        limits: { threadSignatures: 8 },
        policies: [{ name: 'p', file: 'policy.yaml', key: { file: 'signer.pem' }, reuse }],
        routes: [{ match: {}, policies: ['p'] }],
      },
      envoy: withoutJwtAuthn,
    });
    assert.deepEqual(
      [...(await load({ port: stack.port, requests, connections: 16, question: {} }))],
      [[200, requests]],
    );
    assert.equal(stack.seen.length, requests);
    const publicKey = createPublicKey(privateKey);
    for (const seen of stack.seen) {
      const [bearer = ''] = seenHeader(seen, 'authorization');
      const { payload } = await jwtVerify(bearer.replace('Bearer ', ''), publicKey);
      assert.equal(payload.sub, 'x');
    }
    const { body } = await stack.admin('/metrics');
    const [, count] = /^mintproc_sign_seconds_count\{algorithm="RS256"\} (\d+)$/m.exec(body) ?? [];
    assert.ok(signatures(Number(count)), `${count} signatures`);
    assert.match(body, /^mintproc_requests_total\{outcome="forwarded"\} 400$/m);
  });
}
