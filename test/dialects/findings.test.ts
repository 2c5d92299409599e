import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { recordedTexts } from './findings.ts';

test('the conformance policies get the warnings, the notes and the messages that were judged', () => {
  const help = 'If each new line is right, run `npm run findings`.';
  for (const { file, text } of recordedTexts()) {
    assert.deepEqual(text.split('\n'), readFileSync(file, 'utf8').split('\n'), help);
  }
});
