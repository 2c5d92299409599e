import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { groupAdvice } from '../../src/cli/help/advice.ts';
import { codes } from '../../src/diagnostics/codes.ts';
import { parts, wholeFiles, withPart } from './pages.ts';

const root = join(import.meta.dirname, '..', '..');

for (const { page, name, text } of parts) {
  test(`${page} has the ${name} that the code has; if not: npm run docs`, async () => {
    const written = readFileSync(join(root, page), 'utf8');
    assert.equal(written, withPart(written, name, await text()));
  });
}

for (const { file, text } of wholeFiles) {
  test(`${file} is what the code says; if not: npm run docs`, () => {
    assert.equal(readFileSync(join(root, file), 'utf8'), text());
  });
}

test('docs/errors.md has each code in one row, and nothing else', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const rows = Array.from(page.matchAll(/^\| `([^`]+)` \|/gm), ([, code]) => code);
  assert.deepEqual(rows.sort(), Object.keys(codes).sort());
});

test('each room that has codes says what to do', () => {
  const rooms = new Set(Object.keys(codes).map((code) => code.split('.')[0] ?? code));
  assert.deepEqual(
    [...rooms].filter((room) => groupAdvice[room] === undefined),
    [],
  );
});

test('no two codes have the same meaning; those of values that YAML reads otherwise are of two kinds of files', () => {
  const byMeaning = Map.groupBy(Object.entries(codes), ([, meaning]) => meaning);
  const shared = Array.from(byMeaning.values(), (rows) => rows.map(([code]) => code)).filter(
    (found) => found.length > 1,
  );
  assert.deepEqual(shared, [['config.unclear-value', 'policy.unclear-value']]);
});

const pages: [name: string, page: string, result: string | undefined][] = [
  [
    'the part is replaced',
    'A\n<!-- p: x -->\nold\n<!-- end of p -->\nB\n',
    'A\n<!-- p: x -->\n\n$& new\n\n<!-- end of p -->\nB\n',
  ],
  ['no markers', 'A\n', undefined],
  ['no end', '<!-- p: x -->\n', undefined],
];

for (const [name, page, result] of pages) {
  test(`a page: ${name}`, () => assert.equal(withPart(page, 'p', '$& new\n'), result));
}
