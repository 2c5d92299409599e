/**
 * @module
 * The blocks of a page for the test that their mark names. Since a test gets them in no other way, each block with its
 * mark is one that it has; `unmarked.test.ts` checks that the tests which marks name ask for them here.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Block, blocksOf } from './page-blocks.ts';

const project = join(import.meta.dirname, '..', '..', '..');

/**
 * @param page its path from the root of the project
 * @param test the path of the test's file
 * @throws Error if no block of the page names the test
 */
export function blocksRunBy(page: string, test: string): readonly Block[] {
  const name = relative(project, test);
  const blocks = blocksOf(readFileSync(join(project, page), 'utf8')).filter(
    ({ mark }) => mark?.kind === 'run by' && mark.test === name,
  );
  if (blocks.length === 0) throw new Error(`No block of ${page} is marked as run by ${name}.`);
  return blocks;
}

/** How a test asks for them: what its file must have. */
export function askingFor(page: string): string {
  return `blocksRunBy('${page}', import.meta.filename)`;
}
