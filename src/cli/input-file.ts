/**
 * @module
 * The files and lines that a command reads. Each error is one sentence.
 */
import { givenFiles, readTextFile } from '../configuration/files.ts';
import { CommandError } from './terminal.ts';

export function readInput(path: string): string {
  const contents = readTextFile(givenFiles, path);
  if (contents.kind === 'failed') throw new CommandError(`The file ${path} ${contents.reason}.`);
  return contents.text;
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** @param what names the text in errors: the path of a file, or `line 3` */
export function parseJsonRecord(text: string, what: string): JsonRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // JSON.parse quotes the text in its message, and the text may contain a token or a key.
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
