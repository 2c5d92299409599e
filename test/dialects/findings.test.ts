import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findingsFile, findingsText } from './findings.ts';

test('the conformance policies get the warnings and notes that were judged', () => {
  const help = 'If each new line is right, run `npm run findings`.';
  assert.deepEqual(findingsText().split('\n'), readFileSync(findingsFile, 'utf8').split('\n'), help);
});
