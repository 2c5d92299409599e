/**
 * @module
 * The known differences between the profile `dataweave` and the real engine: the rows of `full-differences.jsonl`, each
 * with a reason from `full-reasons.json`. A test verifies the rows, and docs/expressions.md lists them.
 */
import { readJson, readLines } from '../conformance-files.ts';
import type { Context } from '../context-bindings.ts';
import { outcome } from '../evaluation.ts';

export interface Difference {
  readonly expr: string;
  /** The result of DataWeave 2.12.2 as JSON without whitespace, or `fails`. */
  readonly engine: string;
  /** The value in our token, or our error code. */
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

/** The value as JSON, or the error code. */
export function verdictOf(expr: string, context: Context): string {
  const found = outcome(expr, context, 'dataweave');
  if ('ok' in found) return JSON.stringify(found.ok);
  return 'load' in found ? found.load : found.request;
}

function isFailure(verdict: string): boolean {
  return verdict === 'fails' || verdict.startsWith('dataweave.');
}

/** Whether both have the same value, or both fail. */
export function agree(engine: string, ours: string): boolean {
  return engine === ours || (isFailure(engine) && isFailure(ours));
}
