/**
 * @module
 * `npm run outputs -- [PAGE…]`: writes into the pages what their commands print now. Output that is only abbreviated, or
 * differs in times and identifiers, stays as it is. Read the difference before you commit it.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withOutputs } from './console.ts';
import { PageFolder } from './page-folder.ts';
import { type Ran, runBlocks } from './run-blocks.ts';
import { abbreviated, isShown } from './shown-output.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const named = process.argv.slice(2);

function rewritten({ block, steps, outputs }: Ran): string {
  const texts = steps.map(({ output: shown = '' }, index) => {
    const actual = outputs[index] ?? '';
    return isShown(shown, actual) ? shown : abbreviated(actual);
  });
  return withOutputs(block.text, texts).replace(/^(?=.)/gm, block.indent);
}

for (const path of named.length > 0 ? named : globSync('docs/**/*.md', { cwd: project })) {
  const page = readFileSync(join(project, path), 'utf8');
  using folder = new PageFolder();
  let result = '';
  let end = 0;
  for await (const ran of runBlocks(path, page, folder, { withEnvoy: false, compareFiles: false })) {
    if (ran.block.language !== 'console') continue;
    result += page.slice(end, ran.block.start) + rewritten(ran);
    end = ran.block.end;
  }
  const changed = result + page.slice(end);
  if (changed === page) continue;
  writeFileSync(join(project, path), changed);
  process.stdout.write(`${path}\n`);
}
