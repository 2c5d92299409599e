/**
 * @module
 * The commands of the benchmark: what their command lines and their ends have in common.
 */
import { SetupError } from '../demo/setup-error.ts';
import { endWithNpm } from '../src/cli/parent.ts';
import { type Effort, full, quick } from './effort.ts';

/** A text to print instead of a run. */
export interface Message {
  readonly text: string;
  readonly isError: boolean;
}

/** @param optionsOf reads the arguments; throws an error with a sentence for an invalid one */
export function readWith<O extends object>(
  optionsOf: (args: readonly string[]) => O | Message,
  help: string,
): (args: readonly string[]) => O | Message {
  return (args) => {
    try {
      return optionsOf(args);
    } catch (error) {
      return { text: `${error instanceof Error ? error.message : String(error)}\n\n${help}`, isError: true };
    }
  };
}

/** What the options of every command of the benchmark say. */
export interface RunOptions {
  readonly quick: boolean;
  readonly effort: Effort;
  readonly json: string | undefined;
  readonly page: string | undefined;
}

interface RunValues {
  readonly quick: boolean;
  readonly rounds?: string | undefined;
  readonly json?: string | undefined;
  readonly write?: string | undefined;
}

/** @throws Error for an invalid number of rounds */
export function runOptionsOf({ quick: isQuick, rounds, json, write }: RunValues): RunOptions {
  const effort = isQuick ? quick : full;
  return { quick: isQuick, effort: { ...effort, rounds: roundsOf(rounds, effort.rounds) }, json, page: write };
}

function roundsOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Error(`--rounds takes a number from 1 to 999, not ${text}.`);
  return Number(text);
}

/** Runs a command with the arguments of this process, and sets the exit code. */
export async function runCommand<O extends object>(
  read: (args: readonly string[]) => O | Message,
  run: (options: O) => Promise<void>,
): Promise<void> {
  try {
    process.exitCode = await exitCodeOf(read(process.argv.slice(2)), run);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function exitCodeOf<O extends object>(options: O | Message, run: (options: O) => Promise<void>): Promise<number> {
  if ('text' in options) {
    (options.isError ? process.stderr : process.stdout).write(`${options.text}\n`);
    return options.isError ? 2 : 0;
  }
  if (process.platform !== 'linux') {
    throw new SetupError('The benchmark reads CPU time from /proc and runs on Linux only. Use a container.');
  }
  endWithNpm(process.env);
  // The watchdog of the process group ends the servers.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
  await run(options);
  return 0;
}
