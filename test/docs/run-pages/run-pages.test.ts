/**
 * @module
 * The pages of docs/ as a reader follows them: every block that is marked `run` is run in a fresh folder, and prints
 * what the page shows. Blocks that need Envoy run in test/e2e/pages.test.ts.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blocksOf } from './page-blocks.ts';
import { PageFolder } from './page-folder.ts';
import { compareOutputs, runBlocks } from './run-blocks.ts';

const project = join(import.meta.dirname, '..', '..', '..');

for (const path of globSync('docs/**/*.md', { cwd: project }).sort()) {
  const page = readFileSync(join(project, path), 'utf8');
  const ran = blocksOf(page).filter(({ mark }) => mark?.kind === 'run' || mark?.kind === 'shows');
  if (ran.length === 0) continue;
  test(`${path} shows what its commands print`, async () => {
    using folder = new PageFolder();
    let count = 0;
    for await (const block of runBlocks(path, page, folder, { withEnvoy: false, compareFiles: true })) {
      compareOutputs(path, block);
      count++;
    }
    assert.equal(count, ran.filter(({ mark }) => mark?.kind === 'run' && !mark.withEnvoy).length);
  });
}
