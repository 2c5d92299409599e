import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { refusals } from '../../src/diagnostics/refusals.ts';

const src = join(import.meta.dirname, '..', '..', 'src');

/** Files that name codes without refusing a request. */
const tables = /^(?:diagnostics\/(?:codes|rules|refusals)\.ts|cli\/)/;

test('each code of the table is used where requests are refused: the compiler checks the other direction', () => {
  const texts = globSync('**/*.ts', { cwd: src })
    .filter((name) => !tables.test(name))
    .map((name) => readFileSync(join(src, name), 'utf8'))
    .join('\n');
  assert.deepEqual(
    Object.keys(refusals).filter((code) => !texts.includes(`'${code}'`)),
    [],
  );
});
