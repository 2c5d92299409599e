/**
 * @module
 * `mintproc health`: whether a running mintproc is ready, for probes that run a command. It starts as fast as Node
 * does: it reads one key of the configuration, and loads none of the code that serves.
 */
import { statSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { runInNewContext } from 'node:vm';
import { adminAddressOf, defaultAdmin, NoAdminAddress } from '../configuration/admin-address.ts';
import type { Address } from '../net/address.ts';
import { parseAddress } from '../net/address.ts';
import { askReadiness } from './ask-readiness.ts';
import { type Command, stringOption } from './command.ts';
import { readInput } from './input-file.ts';
import { CommandError } from './terminal.ts';

const help = `Usage: mintproc health [--config FILE]

Asks the admin address for /readyz and prints the answer as one line. The exit code is 0 when mintproc is ready, and 1
otherwise, within a second.

  --config FILE  mintproc.yaml, for its \`admin\`; default: ${defaultAdmin}

If \`admin\` is every interface (0.0.0.0, [::]), the loopback address is asked.`;

/** Maximum time since the start of the process, in milliseconds. */
const wholeTime = 900;
/** Minimum time for the question, if the start was slow. */
const leastTime = 200;

export const healthCommand: Command = {
  help,
  options: { config: { type: 'string' } },
  async run(args, terminal) {
    const file = stringOption(args, 'config');
    const address = file === undefined ? parseAddress(defaultAdmin) : adminIn(file);
    if (address === undefined) throw new TypeError('the default address cannot be parsed');
    if (address.kind === 'tcp' && address.port === 0) {
      throw new CommandError(`${file}: \`admin\` names port 0, so the real port is unknown.`);
    }
    const { ready, summary } = await askReadiness(address, timeLeft());
    terminal.out(`${written(address)}: ${summary}\n`);
    return ready ? 0 : 1;
  },
};

function timeLeft(): number {
  return Math.max(leastTime, wholeTime - performance.now());
}

function adminIn(file: string): Address {
  // Opening a pipe would wait for a writer.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) throw new CommandError(`${file} is not a file.`);
  const text = readInput(file);
  try {
    // The timeout limits how long hostile YAML can take.
    return runInNewContext('read()', { read: () => adminAddressOf(text) }, { timeout: Math.ceil(timeLeft() / 2) });
  } catch (error) {
    if (error instanceof NoAdminAddress) throw new CommandError(`${file}: ${error.message}`);
    // The error comes from the other context and has another class.
    if (isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new CommandError(`${file} takes too long to read. Write \`admin\` on its own line, without an alias.`);
    }
    throw error;
  }
}

function written(address: Address): string {
  return address.kind === 'unix' ? `unix:${address.path}` : `${address.host}:${address.port}`;
}
