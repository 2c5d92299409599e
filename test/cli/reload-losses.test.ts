/**
 * @module
 * Workers that end in the middle of a reload.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WorkerLost, WorkerRefused } from '../../src/serving/worker-errors.ts';
import { flexPolicy } from '../configuration/memory-files.ts';

import { pem, plain, startWorld, type World, withKey } from './reload-world.ts';

/** A reload from `one` to `two` while this many workers in a row end in the middle of it. */
async function reloadWithLosses(losses: number): Promise<World> {
  let left = losses;
  const world = await startWorld(plain, {}, ({ prepare }) => ({
    async prepare(next) {
      if (left-- > 0) throw new WorkerLost('worker 1 ended');
      return prepare(next);
    },
  }));
  writeFileSync(join(world.folder, 'policy.yaml'), flexPolicy({ iss: 'two' }));
  return world;
}

test('a reload that lost a worker is tried again by itself, three times in all', async () => {
  await using world = await reloadWithLosses(2);
  await world.until(() => world.issuer() === 'two');
  assert.equal(world.inForce.current.snapshot.version, 2);
  assert.equal(world.readiness.report.lastReload, 'success');
});

test('a reload that loses a worker each time is given up, and nothing changes', async () => {
  await using world = await reloadWithLosses(3);
  await world.until(() => world.readiness.report.lastReload === 'failure');
  assert.equal(world.issuer(), 'one');
  assert.equal(JSON.parse(world.lines.at(-1) ?? '{}').error, 'WorkerLost');
});

for (const [name, isRefused, published] of [
  ['is in force', false, 2],
  ['was refused', true, 1],
] as const) {
  test(`a new key is published while workers prepare; ${published} keys are, once it ${name}`, async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    await using world = await startWorld(withKey('{ file: keys/a.pem }'), {}, ({ prepare }) => ({
      async prepare(next) {
        ask();
        await told;
        if (isRefused) throw new WorkerRefused('worker 1 refused');
        return prepare(next);
      },
    }));
    const [old] = world.published();
    writeFileSync(join(world.folder, 'keys', 'a.pem'), pem(), { mode: 0o600 });
    await asked;
    assert.equal(world.published().length, 2);
    assert.equal(world.published()[0], old);
    tell();
    await world.until(
      () => world.readiness.report.lastReload === 'failure' || world.inForce.current.snapshot.version === 2,
    );
    assert.equal(world.published().length, published);
  });
}
