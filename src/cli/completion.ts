/**
 * @module
 * `mintproc completion`: prints a script that completes command lines in bash or zsh. It is made from the tables of
 * commands and their options, so that pressing Tab starts no process.
 */

import type { Command, CommandRow } from './command.ts';
import { bashCompletion } from './completion/bash.ts';
import { type Completed, completedCommand } from './completion/completed.ts';
import { zshCompletion } from './completion/zsh.ts';
import { UsageError } from './terminal.ts';

const shells: Readonly<Record<string, (commands: readonly Completed[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
};
const names = Object.keys(shells);

const help = `Usage: mintproc completion ${names.join('|')}

Prints a script that completes commands, options, their values and paths. To load it:

  source <(mintproc completion bash)                       in ~/.bashrc
  source <(mintproc completion zsh)                        in ~/.zshrc, after compinit
  mintproc completion zsh > FOLDER/_mintproc               FOLDER is in $fpath: faster, no process at each start`;

/** @param commands the table of commands */
export function completionOf(commands: readonly CommandRow[]): Command {
  return {
    help,
    options: {},
    positionals: names,
    async run({ positionals: [name = '', ...more] }, terminal) {
      const write = Object.hasOwn(shells, name) ? shells[name] : undefined;
      if (write === undefined || more.length > 0) throw new UsageError(`One shell is required: ${names.join(' or ')}.`);
      const own = await Promise.all(commands.map(async (row) => completedCommand(row, await row.load())));
      terminal.out(
        write([...own, { name: 'version', summary: 'show the version', options: [], values: [], arguments: [] }]),
      );
      return 0;
    },
  };
}
