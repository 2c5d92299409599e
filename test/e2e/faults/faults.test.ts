/**
 * @module
 * A share of `npm run faults`, skipped by name without Envoy.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingEnvoy } from '../harness/missing-envoy.ts';
import { play } from './play.ts';
import { Stage } from './stage.ts';
import { faults } from './table.ts';

const skip = (await missingEnvoy()) ?? false;

test('files are written in parts and exchanged while they are read: every request is served', {
  skip,
}, async (context) => {
  const fault = faults['files-swapped'];
  assert.ok(fault);
  await using stage = await Stage.create(1);
  const { problems, ...figures } = await play(stage, fault);
  context.diagnostic(JSON.stringify(figures));
  assert.deepEqual(problems, []);
});
