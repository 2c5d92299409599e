/**
 * @module
 * Cases of the profile `dataweave`: an expression and the value that the engine gave for it, or our code where both fail.
 */
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { readLines } from '../conformance-files.ts';
import type { Outcome } from '../evaluation.ts';
import { parseWithNumbers } from '../exact-numbers.ts';

export type Case = {
  readonly expr: string;
  /** The function, or the page of the language's documentation, that shows it. */
  readonly page?: string;
} & ({ readonly ok: JsonValue } | { readonly fails: string });

/** The numbers of a case have all their digits. */
export function readCases(file: string): readonly Case[] {
  return readLines(file, (line) => parseWithNumbers(line) as unknown as Case);
}

export function failureOf(found: Outcome): string | undefined {
  return 'ok' in found ? undefined : 'load' in found ? found.load : found.request;
}
