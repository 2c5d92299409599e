import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codes } from '../../src/diagnostics/codes.ts';

for (const [code, meaning] of Object.entries(codes)) {
  test(`${code} has the form of a code, and says what it means in a sentence`, () => {
    assert.match(code, /^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$/);
    assert.match(meaning, /^[A-Zm`].*[^.]\.$/);
  });
}
