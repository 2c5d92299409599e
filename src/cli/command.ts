/**
 * @module
 * The interface of a command; `index.ts` has a row for each.
 */
import type { ParseArgsConfig } from 'node:util';
import type { Terminal } from './terminal.ts';

/** Options by name, as `node:util` parses them. */
export type Options = NonNullable<ParseArgsConfig['options']>;

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  readonly options: Options;
  /** What `--format` takes. Default: text and json. */
  readonly formats?: readonly string[];
  /** What other options take, by name, if that is one of a few words; for the completion of shells. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** What an argument without an option is, if that is one of a few words. Default: the path of a file. */
  readonly positionals?: readonly string[];
  /** @returns the exit code: 0 for success, 1 for failure */
  run(args: Arguments, terminal: Terminal): Promise<number>;
}

/** A row of the table of commands. */
export interface CommandRow {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Loads the command, so that a sidecar does not keep the others in memory. */
  load(): Promise<Command>;
}

/** What `--format` of a command takes; undefined if it has no such option. */
export function formatsOf({ options, formats = ['text', 'json'] }: Command): readonly string[] | undefined {
  return 'format' in options ? formats : undefined;
}

/** The value of a string option; undefined if it is not given. */
export function stringOption(args: Arguments, name: string): string | undefined {
  const value = args.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be repeated. */
export function listOption({ values }: Arguments, name: string): readonly string[] {
  return [values[name] ?? []].flat().filter((value) => typeof value === 'string');
}
