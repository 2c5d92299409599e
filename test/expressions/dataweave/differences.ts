/**
 * @module
 * Where a value of the profile `dataweave` is not the real engine's, and why: the rows of `full-differences.jsonl`,
 * each with a reason out of `full-reasons.json`. A test holds the rows to be true, docs/expressions.md shows them.
 */
import { readJson, readLines } from '../conformance-files.ts';
import type { Context } from '../context-bindings.ts';
import { outcome } from '../evaluation.ts';

export interface Difference {
  readonly expr: string;
  /** What DataWeave 2.12.2 writes, JSON without blanks; or `fails`. */
  readonly engine: string;
  /** What stands in our token, or our code. */
  readonly ours: string;
  readonly reason: string;
}

export interface Reason {
  readonly what: string;
  readonly why: string;
}

export const differences: readonly Difference[] = readLines('full-differences.jsonl');

export const reasons: ReadonlyMap<string, Reason> = new Map(
  Object.entries(readJson<Record<string, Reason>>('full-reasons.json')),
);

/** JSON as it goes into a token, or the code of what fails. */
export function verdictOf(expr: string, context: Context): string {
  const found = outcome(expr, context, 'dataweave');
  if ('ok' in found) return JSON.stringify(found.ok);
  return 'load' in found ? found.load : found.request;
}

function isFailure(verdict: string): boolean {
  return verdict === 'fails' || verdict.startsWith('dataweave.');
}

/** Whether the two give the same: the same text, or both none. */
export function agree(engine: string, ours: string): boolean {
  return engine === ours || (isFailure(engine) && isFailure(ours));
}
