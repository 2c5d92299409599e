/**
 * @module
 * A share of `npm run rotate-under-load`, skipped by name without faketime.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noFakeTime } from '../harness/fake-time.ts';
import { faults, runRotations } from './run.ts';

const skip = noFakeTime ?? false;

test('two rotations of three processes that restart in turn: no token is refused', { skip }, async (context) => {
  const outcome = await runRotations({ seed: 1, kind: 'versions', rotations: 2, step: 30_000, rest: 5_000 });
  context.diagnostic(JSON.stringify(outcome));
  assert.deepEqual(faults(outcome, 2), []);
});
