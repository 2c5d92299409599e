/**
 * @module
 * Reads the files of expression cases in `test/conformance/dataweave/`.
 */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../conformance/dataweave/', import.meta.url);

function read(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

/** The names of the files in the folder, such as `documented/core.jsonl`. */
export function conformanceFiles(pattern: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => pattern.test(name));
}

export function readJson<T>(file: string): T {
  return JSON.parse(read(file));
}

/** Reads a file of JSON lines. */
export function readLines<T>(file: string, parse: (line: string) => T = JSON.parse): readonly T[] {
  return read(file)
    .trimEnd()
    .split('\n')
    .map((line) => parse(line));
}
