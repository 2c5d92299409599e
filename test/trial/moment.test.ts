import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMoment } from '../../src/trial/moment.ts';

const moments: readonly [written: string | number, milliseconds: number | undefined][] = [
  [0, 0],
  [1_767_225_600, 1_767_225_600_000],
  ['1767225600', 1_767_225_600_000],
  ['1767225600.5', 1_767_225_600_500],
  ['2026-01-01T00:00:00Z', 1_767_225_600_000],
  ['2026-01-01T01:00:00+01:00', 1_767_225_600_000],
  ['2026-01-01T00:00:00.250Z', 1_767_225_600_250],
  [8.64e12, 8.64e15],
  [8.64e12 + 1, undefined],
  [-1, undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  ['', undefined],
  [' ', undefined],
  ['-1', undefined],
  ['0x10', undefined],
  ['1e3', undefined],
  ['noon', undefined],
  ['2026-01-01', undefined],
  ['2026-01-01T00:00:00', undefined],
  ['2026-02-30T00:00:00Z', undefined],
];

for (const [written, milliseconds] of moments) {
  test(`${JSON.stringify(written)} is ${milliseconds}`, () => assert.equal(readMoment(written), milliseconds));
}
