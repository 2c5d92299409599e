/**
 * @module
 * SIGHUP to the real process: what changed is loaded, what is wrong is not, and requests go on.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { seenHeader } from '../../demo/upstream.ts';
import { seenIn } from './harness/client.ts';
import { hmacPolicy, withoutJwtAuthn } from './harness/policies.ts';
import { type Stack, startStack } from './harness/stack.ts';

interface Report {
  readonly generation: number;
  readonly lastReload: string;
}

/** Returns once `/readyz` says so. */
async function until(stack: Stack, condition: (report: Report) => boolean): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!condition(JSON.parse((await stack.admin('/readyz')).body))) assert.ok(Date.now() < limit);
}

async function claimed(stack: Stack): Promise<unknown> {
  const [value = ''] = seenHeader(seenIn(await stack.ask()), 'authorization');
  return decodeJwt(value.slice('Bearer '.length))['by'];
}

test('SIGHUP loads what changed, and keeps the last good configuration', async () => {
  await using stack = await startStack({
    files: { 'p.yaml': hmacPolicy({ by: 'one' }) },
    mintproc: {
      policies: [{ name: 'p', file: 'p.yaml' }],
      routes: [{ match: {}, policies: ['p'] }],
      reload: { watch: false },
    },
    envoy: withoutJwtAuthn,
  });
  assert.equal(await claimed(stack), 'one');
  writeFileSync(join(stack.folder, 'p.yaml'), hmacPolicy({ by: 'two' }));
  stack.sidecar.signal('SIGHUP');
  await until(stack, ({ generation }) => generation === 2);
  assert.equal(await claimed(stack), 'two');
  writeFileSync(join(stack.folder, 'p.yaml'), 'broken');
  stack.sidecar.signal('SIGHUP');
  await until(stack, ({ lastReload }) => lastReload === 'failure');
  assert.equal(await claimed(stack), 'two');
  assert.equal((await stack.admin('/readyz')).status, 200);
});
