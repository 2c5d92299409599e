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

const bounds: readonly [text: string, min: string, max: string, accepted: boolean][] = [
  ['1s', '1s', '1m', true],
  ['999ms', '1s', '1m', false],
  ['60s', '1s', '1m', true],
  ['60001ms', '1s', '1m', false],
  ['3660d', '0s', '3660d', true],
  ['3661d', '0s', '3660d', false],
];
for (const [text, min, max, accepted] of bounds) {
  test(`${text} is ${accepted ? '' : 'not '}accepted from ${min} to ${max}`, () => {
    assert.equal(durationSchema(min, max).safeParse(text).success, accepted);
  });
}

const refused: readonly [value: unknown, message: string][] = [
  [5, 'must have a unit: write 5s for 5 seconds; the units are ms, s, m, h and d'],
  ['5', 'must be a number with its unit: 500ms, 30s, 5m, 24h or 7d'],
  [true, 'must be a number with its unit: 500ms, 30s, 5m, 24h or 7d'],
  ['2h', 'must be from 0s to 1h'],
];
for (const [value, message] of refused) {
  test(`${JSON.stringify(value)} ${message}`, () => {
    assert.deepEqual(
      durationSchema('0s', '1h')
        .safeParse(value)
        .error?.issues.map((issue) => issue.message),
      [message],
    );
  });
}

for (const text of ['', '30', 's', '-1s', '1.5s', '1 s', '1w', `${'9'.repeat(13)}ms`]) {
  test(`${JSON.stringify(text)} is not a duration`, () => {
    assert.equal(durationSchema().safeParse(text).success, false);
    assert.throws(() => milliseconds(text), TypeError);
  });
}
