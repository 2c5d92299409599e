/**
 * @module
 * `mintproc health`: whether the mintproc beside it is ready, for probes that run a command. It starts in the time that
 * Node takes: it reads one key of the configuration, and loads nothing that serves.
 */
import { statSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { runInNewContext } from 'node:vm';
import { adminAddressOf, defaultAdmin, NoAdminAddress } from '../configuration/admin-address.ts';
import type { Address } from '../net/address.ts';
import { parseAddress } from '../net/address.ts';
import { askReadiness } from './ask-readiness.ts';
import { type Command, textOption } from './command.ts';
import { readInput } from './input-file.ts';
import { CommandError } from './terminal.ts';

const help = `Usage: mintproc health [--config FILE]

Asks the admin address for /readyz and prints the answer as one line. The exit code is 0 when mintproc is ready, and 1
otherwise, within a second.

  --config FILE  mintproc.yaml, for its \`admin\`; without it the default address is asked (${defaultAdmin})

An address of every interface (0.0.0.0, [::]) is asked at the loopback.`;

/** Milliseconds since the process began: by then it is to be over. */
const wholeTime = 900;
/** What a start on a busy machine leaves, at least. */
const leastTime = 200;

export const healthCommand: Command = {
  help,
  options: { config: { type: 'string' } },
  async run(args, terminal) {
    const file = textOption(args, 'config');
    const address = file === undefined ? parseAddress(defaultAdmin) : adminIn(file);
    if (address === undefined) throw new TypeError('the default address cannot be parsed');
    if (address.kind === 'tcp' && address.port === 0) {
      throw new CommandError(`${file}: \`admin\` names port 0, so nobody knows which port it became.`);
    }
    const { ready, said } = await askReadiness(address, timeLeft());
    terminal.out(`${written(address)}: ${said}\n`);
    return ready ? 0 : 1;
  },
};

function timeLeft(): number {
  return Math.max(leastTime, wholeTime - performance.now());
}

function adminIn(file: string): Address {
  // Whoever opens a pipe waits for somebody to write to it.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) throw new CommandError(`${file} is not a file.`);
  const text = readInput(file);
  try {
    // Reading ends when its time is over, however long the text would take.
    return runInNewContext('read()', { read: () => adminAddressOf(text) }, { timeout: Math.ceil(timeLeft() / 2) });
  } catch (error) {
    if (error instanceof NoAdminAddress) throw new CommandError(`${file}: ${error.message}`);
    // It is an error of the other context, whose class is another.
    if (isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new CommandError(`${file} takes too long to read: write \`admin\` as a line of its own, without an alias.`);
    }
    throw error;
  }
}

function written(address: Address): string {
  return address.kind === 'unix' ? `unix:${address.path}` : `${address.host}:${address.port}`;
}
