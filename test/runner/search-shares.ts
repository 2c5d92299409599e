/**
 * @module
 * Runs a share of each search, each in a process of its own; each counts as one.
 */
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
    if (ok) {
      tally.pass();
      // Before it stand words of progress.
      tally.say(`ok search ${output.trimEnd().split('\n').at(-1)}`);
    } else {
      tally.fail(`search ${name}`, output);
    }
  }
}
