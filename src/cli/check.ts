/**
 * @module
 * What `mintproc serve` starts to have a changed configuration checked. No one else calls it, so that the list of commands
 * leaves it out.
 */
import { check } from '../runtime/check.ts';
import { diskFiles } from '../runtime/files.ts';
import type { Command } from './command.ts';
import { UsageError } from './terminal.ts';

export const checkCommand: Command = {
  help: 'Usage: none. `mintproc serve` starts it itself. To check a configuration, write: mintproc validate FILE',
  options: {},
  async run(_args, terminal) {
    const { server, environment } = terminal;
    if (server === undefined) {
      throw new UsageError(
        '`mintproc serve` starts it itself. To check a configuration, write: mintproc validate FILE',
      );
    }
    // A signal to the whole group reaches the server too, which ends this process when it has no more use for it.
    terminal.ignoreSignals();
    terminal.stepBack();
    server.onMessage((question) => {
      check(question, { files: diskFiles, environment }, (message) => server.send(message));
    });
    await new Promise<void>((resolve) => server.onClose(resolve));
    return 0;
  },
};
