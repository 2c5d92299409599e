/**
 * @module
 * `npm run outputs -- [--envoy] [PAGE…]`: writes into the pages what their commands print now. Output that is only
 * abbreviated, or differs in times and identifiers, stays as it is. Read the difference before you commit it.
 *
 * With `--envoy`, also the blocks that need Envoy.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envoyBinary } from '../../e2e/harness/stack.ts';
import { withOutputs } from './console.ts';
import { PageFolder } from './page-folder.ts';
import { PageProcesses } from './page-processes.ts';
import { type Ran, runBlocks } from './run-blocks.ts';
import { abbreviated, isShown } from './shown-output.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const alsoWithEnvoy = process.argv.includes('--envoy');
const named = process.argv.slice(2).filter((word) => word !== '--envoy');

function rewritten({ block, steps, outputs }: Ran): string {
  const texts = steps.map(({ output: shown = '' }, index) => {
    const actual = outputs[index] ?? '';
    return isShown(shown, actual) ? shown : abbreviated(actual);
  });
  return withOutputs(block.text, texts).replace(/^(?=.)/gm, block.indent);
}

/** @param withEnvoy whether to write the blocks that need Envoy, or the others: on other ports, lines have other numbers */
async function rewrite(path: string, withEnvoy: boolean): Promise<void> {
  const page = readFileSync(join(project, path), 'utf8');
  await using place = withEnvoy ? await PageProcesses.start(await envoyBinary()) : new PageFolder();
  let result = '';
  let end = 0;
  for await (const ran of runBlocks(path, page, place, { withEnvoy, compareFiles: false })) {
    const { language, mark, start } = ran.block;
    if (language !== 'console' || mark?.kind !== 'run' || mark.withEnvoy !== withEnvoy) continue;
    result += page.slice(end, start) + rewritten(ran);
    end = ran.block.end;
  }
  const changed = result + page.slice(end);
  if (changed === page) return;
  writeFileSync(join(project, path), changed);
  process.stdout.write(`${path}\n`);
}

for (const path of named.length > 0 ? named : globSync('docs/**/*.md', { cwd: project })) {
  await rewrite(path, false);
  if (alsoWithEnvoy) await rewrite(path, true);
}
