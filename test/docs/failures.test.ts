import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scenes } from '../e2e/failures/scenes.ts';
import { failures } from '../e2e/failures/table.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs/operations/failures.md'), 'utf8');

test('each fault of docs/operations/failures.md is made by a test, and each test has its row and its section', () => {
  const rows = Array.from(page.matchAll(/^\| \[([\w-]+)\]\(#\1\) \|/gm), ([, name]) => name);
  const headings = Array.from(page.matchAll(/^### (.+)$/gm), ([, name]) => name);
  assert.deepEqual(headings, rows);
  assert.deepEqual(rows, Object.keys(failures));
  assert.deepEqual(rows.toSorted(), Object.keys(scenes).toSorted());
  assert.equal(new Set(rows).size, rows.length);
});
