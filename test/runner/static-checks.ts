/**
 * @module
 * The checks that read the code without running it, one row each; each counts as one.
 */
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import type { Tally } from './tally.ts';

interface StaticCheck {
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
}

export const staticChecks: readonly StaticCheck[] = [
  { title: 'types', program: 'tsc', arguments: ['--noEmit'] },
  { title: 'types of the page', program: 'tsc', arguments: ['--noEmit', '--project', 'src/playground/page'] },
  { title: 'lint and format', program: 'biome', arguments: ['check', '--error-on-warnings', '--colors=off'] },
  {
    title: 'dead code and unused dependencies',
    program: 'knip',
    arguments: ['--no-progress', '--no-config-hints'],
  },
  {
    title: 'files, exports and dependencies that only tests use',
    program: 'knip',
    arguments: ['--no-progress', '--no-config-hints', '--production', '--include', 'files,dependencies,exports,types'],
  },
];

/** Runs the programs of node_modules/.bin in `root`, one after the other, each on the Node that runs this. */
export async function runStaticChecks(root: string, checks: readonly StaticCheck[], tally: Tally): Promise<void> {
  for (const check of checks) {
    const started = performance.now();
    const { ok, output } = await runProgram(root, {
      file: join(root, 'node_modules', '.bin', check.program),
      arguments: check.arguments,
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (ok) {
      tally.pass();
      tally.say(`ok ${check.title} (${seconds} s)`);
    } else {
      tally.fail(check.title, output);
    }
  }
}
