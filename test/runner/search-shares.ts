/**
 * @module
 * Runs a share of each search, each in a process of its own; each counts as one.
 */
import { skippedShare } from '../search/search.ts';
import { runProgram } from './run-program.ts';
import type { Tally } from './tally.ts';

export async function runShares(
  root: string,
  searches: readonly string[],
  tally: Tally,
  main = 'test/search/main.ts',
): Promise<void> {
  for (const name of searches) {
    const { ok, output } = await runProgram(root, {
      file: process.execPath,
      arguments: ['--expose-gc', main, name, '--share'],
    });
    // Before it stand words of progress.
    const last = output.trimEnd().split('\n').at(-1) ?? '';
    if (ok && last.startsWith(skippedShare)) {
      tally.skip(`search ${name}`, last);
    } else if (ok) {
      tally.pass();
      tally.say(`ok search ${last}`);
    } else {
      tally.fail(`search ${name}`, output);
    }
  }
}
