/**
 * @module
 * Files and lines that a user hands to a command. Whatever is wrong with them is one clear sentence.
 */
import { givenFiles, readTextFile } from '../configuration/files.ts';
import { CommandError } from './terminal.ts';

export function readInput(path: string): string {
  const contents = readTextFile(givenFiles, path);
  if (contents.kind === 'failed') throw new CommandError(`The file ${path} ${contents.reason}.`);
  return contents.text;
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** @param what the name of the text for the error: a file's path, or `line 3` */
export function parseJsonRecord(text: string, what: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The reader's own sentence quotes the text, which may hold a token or a key.
    const [position] = /\(line \d+ column \d+\)|position \d+/.exec(error instanceof Error ? error.message : '') ?? [];
    throw new CommandError(
      `${what} is not JSON${position === undefined ? '' : `: look at ${position.replace(/[()]/g, '')}`}.`,
    );
  }
  if (!isRecord(value)) throw new CommandError(`${what} must hold a JSON object.`);
  return value;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
