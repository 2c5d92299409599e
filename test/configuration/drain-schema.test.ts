/**
 * @module
 * What each way to write the drain comes to.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drainTimes } from '../../src/configuration/drain-schema.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles } from './memory-files.ts';

const usable = 'policies: [{ name: a, file: a.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n';

const drains: readonly [written: string, delay: number, timeout: number, suggested: string | undefined][] = [
  ['', 0, 25_000, undefined],
  ['drain: {}', 0, 25_000, undefined],
  ['drain: { delay: 10m, timeout: 1h }', 600_000, 3_600_000, undefined],
  ['drain: { delay: 0s, timeout: 0s }', 0, 0, undefined],
  ['drainSeconds: 7', 0, 7_000, 'Write `drain: { timeout: 7s }` instead.'],
  ['drainSeconds: 0.25', 0, 250, 'Write `drain: { timeout: 250ms }` instead.'],
  ['drainSeconds: 0', 0, 0, 'Write `drain: { timeout: 0s }` instead.'],
];

for (const [written, delay, timeout, suggested] of drains) {
  test(`${written || 'no drain'} is a delay of ${delay} ms and at most ${timeout} ms more`, () => {
    const files = memoryFiles({ 'a.yaml': flexPolicy({ iss: 'a' }), 'conf.yaml': usable + written });
    const { snapshot, problems } = loadConfiguration('conf.yaml', { files });
    assert.ok(snapshot);
    assert.deepEqual(drainTimes(snapshot.settings), { delay, timeout });
    assert.equal(problems.find(({ code }) => code === 'config.retired-key')?.suggestion, suggested);
  });
}
