import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationSchema, milliseconds } from '../../src/configuration/duration.ts';

const read: readonly [text: string, milliseconds: number][] = [
  ['0s', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
];
for (const [text, expected] of read)
  test(`${text} is ${expected} ms`, () => assert.equal(milliseconds(text), expected));

const bounds: readonly [text: string, least: string, most: string, taken: boolean][] = [
  ['1s', '1s', '1m', true],
  ['999ms', '1s', '1m', false],
  ['60s', '1s', '1m', true],
  ['60001ms', '1s', '1m', false],
  ['3660d', '0s', '3660d', true],
  ['3661d', '0s', '3660d', false],
];
for (const [text, least, most, taken] of bounds) {
  test(`${text} is ${taken ? '' : 'not '}taken from ${least} to ${most}`, () => {
    assert.equal(durationSchema(least, most).safeParse(text).success, taken);
  });
}

for (const text of ['', '30', 's', '-1s', '1.5s', '1 s', '1w', `${'9'.repeat(13)}ms`]) {
  test(`${JSON.stringify(text)} is no duration`, () => {
    assert.equal(durationSchema().safeParse(text).success, false);
    assert.throws(() => milliseconds(text), TypeError);
  });
}
