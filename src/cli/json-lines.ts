/**
 * @module
 * Commands that answer many questions: a JSON object a line in, a JSON object a line out, in order. A line that cannot be
 * read has its answer too, so that one slip among thousands does not cost the rest.
 */
import type { Code } from '../diagnostics/codes.ts';
import { type JsonRecord, parseJsonRecord } from './input-file.ts';
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
   * @throws CommandError where the line does not have the form that it must have
   */
  answer(record: JsonRecord, what: string): object | Promise<object>;
  /** The answer to a line that cannot be read. */
  refuse(error: LineError): object;
}

/** @returns the exit code: 1 where some line could not be read */
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
    terminal.out(`${JSON.stringify(answer)}\n`);
  }
  return code;
}
