/**
 * @module
 * Cases of the profile `dataweave`: an expression and the engine's value, or our error code if both fail.
 */
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { readLines } from '../conformance-files.ts';
import type { Outcome } from '../evaluation.ts';
import { parseWithNumbers } from '../exact-numbers.ts';

export type Case = {
  readonly expr: string;
  /** The function or page of DataWeave's documentation with this example. */
  readonly page?: string;
} & ({ readonly ok: JsonValue } | { readonly fails: string });

/** Keeps all digits of the numbers in a case. */
export function readCases(file: string): readonly Case[] {
  return readLines(file, (line) => parseWithNumbers(line) as unknown as Case);
}

export function failureOf(found: Outcome): string | undefined {
  return 'ok' in found ? undefined : 'load' in found ? found.load : found.request;
}
