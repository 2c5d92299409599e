/**
 * @module
 * `mintproc worker`: one of several serving processes. Only `mintproc serve` starts it, so the list of commands leaves
 * it out.
 */
import { work } from '../serving/workers/worker.ts';
import type { Command } from './command.ts';
import { UsageError } from './terminal.ts';

export const workerCommand: Command = {
  help: 'Usage: none. `mintproc serve` starts its workers itself, as `workers` in mintproc.yaml asks it to.',
  options: {},
  async run({ positionals }, terminal) {
    const [number] = positionals;
    const { primary, version, environment, now, collectGarbage, threadIsStuck } = terminal;
    if (primary === undefined || number === undefined) {
      throw new UsageError('`mintproc serve` starts its workers itself: write `workers: 2` in mintproc.yaml.');
    }
    // The primary also gets a signal to the process group, and decides what to do.
    terminal.ignoreSignals();
    await work({ number: Number(number), version, environment, now, collectGarbage, threadIsStuck, link: primary });
    return 0;
  },
};
