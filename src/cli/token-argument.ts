/**
 * @module
 * The token that a command is given: as an argument, or on standard input, where it stays out of the shell's history.
 */
import { existsSync } from 'node:fs';
import { maxTokenLength } from '../jose/token-parts.ts';
import type { Arguments } from './command.ts';
import { type Terminal, UsageError } from './terminal.ts';

/** Longer ones are not looked up: Linux has none. */
const maxPathLength = 4096;

const nothingCame =
  'Nothing came from standard input, and there is no TOKEN. Write the token as an argument, or `- < FILE`, where FILE contains it; in a pipe, check that the command before it prints the token.';

/** @throws UsageError if no token is given: the token may be wrong, but is not empty */
export async function readTokenText({ positionals }: Arguments, terminal: Terminal): Promise<string> {
  const [given, ...more] = positionals;
  if (more.length > 0) throw new UsageError('One token is required. Put `Bearer` and the token in quotes, or omit it.');
  if (given !== undefined && given !== '-') {
    if (isPath(given)) throw new UsageError('TOKEN is the token itself. To read it from a file, write `- < FILE`.');
    return given;
  }
  const lines: string[] = [];
  let length = 0;
  for await (const line of terminal.lines()) {
    lines.push(line);
    length += line.length + 1;
    // The reader of the token says that it is too long.
    if (length > maxTokenLength + 1) break;
  }
  const text = lines.join('\n');
  if (text.trim() === '') throw new UsageError(nothingCame);
  return text;
}

/** No token begins or ends so, and none is the name of a file. */
function isPath(text: string): boolean {
  return /^[./~]|\.(?:jwt|token|txt)$/.test(text) || (text.length <= maxPathLength && existsSync(text));
}
