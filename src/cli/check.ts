/**
 * @module
 * What `mintproc serve` starts to have a changed configuration checked. No one else calls it, so that the list of commands
 * leaves it out.
 */

import { diskFiles } from '../configuration/files.ts';
import { type CheckMessage, check } from '../configuration/reload/check.ts';
import type { Command } from './command.ts';
import { UsageError } from './terminal.ts';

/** Files whose messages the server reads in one turn. */
const atOnce = 50;

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
    const waiting: CheckMessage[] = [];
    const sendSome = (): void => {
      for (const message of waiting.splice(0, atOnce)) server.send(message);
      if (waiting.length > 0) server.send({ kind: 'pause' });
    };
    server.onMessage(async (request) => {
      if (request.kind === 'check') {
        await check(request, { files: diskFiles, environment }, (message) => {
          if (message.kind === 'reading' || message.kind === 'tls') server.send(message);
          else waiting.push(message);
        });
      }
      sendSome();
    });
    await new Promise<void>((resolve) => server.onClose(resolve));
    return 0;
  },
};
