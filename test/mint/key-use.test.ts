import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laterUse } from '../../src/mint/key-use.ts';

const never = Number.NEGATIVE_INFINITY;
const none = { began: never, ended: never };

/** A run began at 10, and its token arrived at 30. */
const runs: [name: string, signed: number, encrypted: number, until: number | undefined][] = [
  ['it signed before the run, and not in it', 5, 25, undefined],
  ['it was encrypted at once after it was signed', 12, 12, 12],
  ['it was encrypted later', 12, 25, 25],
  ['the last encryption was before', 12, 11, 30],
  ['it was not encrypted', 12, never, 30],
];

for (const [name, signed, encrypted, until] of runs) {
  test(`how long a key signed: ${name}`, () => {
    const signing = { began: signed, ended: never };
    const encrypting = encrypted === never ? none : { began: encrypted, ended: encrypted + 1 };
    const use = laterUse({ signing, encrypting: none }, { signing: none, encrypting }, 10, 30);
    assert.deepEqual(use, { signing: { began: signed, ended: until ?? never }, encrypting });
  });
}
