/**
 * @module
 * The pages of docs/ that end behind a real Envoy, as a reader follows them: all blocks that are marked to run, on other
 * ports. test/docs/run-pages compares what the other blocks show.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SetupError } from '../../demo/setup-error.ts';
import { blocksOf } from '../docs/run-pages/page-blocks.ts';
import { PageProcesses } from '../docs/run-pages/page-processes.ts';
import { compareOutputs, runBlocks } from '../docs/run-pages/run-blocks.ts';
import { envoyBinary, project } from './harness/stack.ts';

/** Its path, or why there is none. */
async function findEnvoy(): Promise<{ readonly file: string; readonly skip: false | string }> {
  try {
    return { file: await envoyBinary(), skip: false };
  } catch (error) {
    if (error instanceof SetupError) return { file: '', skip: `no Envoy: ${error.message}` };
    throw error;
  }
}

const { file, skip } = await findEnvoy();

for (const path of globSync('docs/**/*.md', { cwd: project }).sort()) {
  const page = readFileSync(join(project, path), 'utf8');
  const expected = blocksOf(page).filter(({ mark }) => mark?.kind === 'run' && mark.withEnvoy);
  if (expected.length === 0) continue;
  test(`${path}: its requests go through Envoy`, { skip }, async () => {
    await using processes = await PageProcesses.start(file);
    let count = 0;
    for await (const ran of runBlocks(path, page, processes, { withEnvoy: true, compareFiles: false })) {
      if (ran.block.mark?.kind !== 'run' || !ran.block.mark.withEnvoy) continue;
      compareOutputs(path, ran);
      count++;
    }
    assert.equal(count, expected.length);
  });
}
