/**
 * @module
 * What of a command the shells complete.
 */
import { type Command, type CommandRow, formatsOf } from '../command.ts';

export interface Completed {
  readonly name: string;
  readonly summary: string;
  /** With their dashes. */
  readonly options: readonly string[];
  /** The options that take a value, with the words that it may be. Without words, the value is a path. */
  readonly values: readonly (readonly [option: string, words: readonly string[]])[];
  /** What an argument can be; undefined for a path. */
  readonly arguments: readonly string[] | undefined;
}

export function completedCommand({ name, summary }: CommandRow, command: Command): Completed {
  const { options, positionals } = command;
  const formats = formatsOf(command);
  const choices: Readonly<Record<string, readonly string[]>> = {
    ...command.choices,
    ...(formats === undefined ? {} : { format: formats }),
  };
  return {
    name,
    summary,
    options: [...Object.keys(options), 'help'].map((option) => `--${option}`),
    values: Object.entries(options)
      .filter(([, { type }]) => type === 'string')
      .map(([option]) => [`--${option}`, choices[option] ?? []] as const),
    arguments: positionals,
  };
}

/** In single quotes of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
