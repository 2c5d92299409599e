/**
 * @module
 * A share of `npm run rotate-under-load`, skipped by name without faketime.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noFakeTime } from '../harness/fake-time.ts';
import { runRotations } from './run.ts';

const skip = noFakeTime ?? false;

test('two rotations of three processes that restart in turn: no token is refused', { skip }, async (context) => {
  const outcome = await runRotations({ seed: 1, kind: 'directory', rotations: 2, step: 15_000, rest: 3_000 });
  context.diagnostic(JSON.stringify(outcome));
  const { tokens, verified, refused, codes, complaints, keys, restarts, refusedByControl } = outcome;
  assert.deepEqual({ refused, codes, complaints, keys }, { refused: 0, codes: [], complaints: [], keys: 3 });
  assert.equal(verified, tokens * 2 * 3, 'three verifiers have seen each token twice');
  assert.ok(restarts > 0);
  assert.ok(refusedByControl > 0, 'a cache that is older than the configuration says is seen');
});
