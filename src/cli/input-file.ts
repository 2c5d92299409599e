/**
 * @module
 * The files and lines that a command reads. Each error is one sentence.
 */

import { diskFiles, givenFiles, readTextFile } from '../configuration/files.ts';
import { isObject, parseExactly } from '../diagnostics/exact-json.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { missingFileHint } from '../diagnostics/missing-file.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { jsonMistake } from './json-syntax.ts';
import { CommandError } from './terminal.ts';

export function readInput(path: string): string {
  const contents = readTextFile(givenFiles, path);
  if (contents.kind === 'text') return contents.text;
  const hint = missingFileHint(path, (folder) => diskFiles.list(folder), '');
  throw new CommandError([`The file ${path} ${contents.reason}.`, ...(hint === undefined ? [] : [hint])].join(' '));
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Keeps the order of members and the digits of numbers.
 *
 * @param what names the text in errors: the path of a file, or `line 3`
 */
export function parseJsonRecord(text: string, what: string): JsonRecord {
  let value: JsonValue;
  try {
    value = parseExactly(text);
  } catch {
    const { line, column } = SourceText.ofFile(what, text).placeAt(jsonMistake(text) ?? 0);
    throw new CommandError(`${what} is not JSON: look at line ${line}, column ${column}.`);
  }
  if (!isObject(value)) throw new CommandError(`${what} must hold a JSON object.`);
  return value;
}
