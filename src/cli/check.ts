/**
 * @module
 * `mintproc check`: checks a changed configuration in another process. Only `mintproc serve` starts it, so the list of
 * commands leaves it out.
 */

import { diskFiles } from '../configuration/files.ts';
import { type CheckMessage, check } from '../configuration/reload/check.ts';
import type { Command } from './command.ts';
import { UsageError } from './terminal.ts';

/** Messages that the server reads in one turn of its event loop. */
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
    // The server also gets a signal to the process group, and ends this process when it is done with it.
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
