/**
 * @module
 * Commands that read one JSON object per line and answer each with one, in order. A malformed line gets an answer too,
 * and the command continues.
 */
import type { Code } from '../diagnostics/codes.ts';
import { type JsonRecord, parseJsonRecord } from './input-file.ts';
import { jsonText } from './json-text.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** Why a line could not be read. */
export interface LineError {
  readonly code: Code;
  readonly message: string;
}

export interface LineCommand {
  /**
   * The answer to one line.
   *
   * @param what the line's name, for errors
   * @throws CommandError if the line does not have the required form
   */
  answer(record: JsonRecord, what: string): object | Promise<object>;
  /** The answer to a line that cannot be read. */
  refuse(error: LineError): object;
}

/** @returns the exit code: 1 if a line could not be read */
export async function answerLines(terminal: Terminal, command: LineCommand): Promise<number> {
  let number = 0;
  let code = 0;
  for await (const line of terminal.lines()) {
    number += 1;
    if (line.trim() === '') continue;
    let answer: object;
    try {
      const what = `line ${number}`;
      answer = await command.answer(parseJsonRecord(line, what), what);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      answer = command.refuse({ code: 'cli.malformed-line', message: error.message });
      code = 1;
    }
    terminal.out(`${jsonText(answer)}\n`);
  }
  return code;
}
