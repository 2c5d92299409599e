/**
 * @module
 * What `test` finds, before a format makes text of it.
 */
import type { StandIn } from '../../configuration/keys/stand-in-keys.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import type { MemberFields } from '../../trial/member-fields.ts';
import type { RouteFields } from '../../trial/route-fields.ts';

export interface TestReport {
  readonly file: string;
  /** The path of its configuration; undefined if the file does not say it. */
  readonly config: string | undefined;
  /** Why its cases cannot run; empty if they have. */
  readonly problems: readonly Problem[];
  readonly cases: readonly CaseReport[];
  /** The keys that were made for the run, in the first report on a configuration. */
  readonly standInKeys: readonly StandIn[];
}

export interface CaseReport {
  readonly name: string;
  readonly place: Place;
  /** Empty if it passes. */
  readonly failures: readonly ShownFailure[];
}

export interface ShownFailure {
  /** The expectation: `jwt.claims.sub`. */
  readonly what: string;
  readonly place: Place;
  readonly message: string;
  readonly expected?: JsonValue;
  /** Undefined if there is no value. */
  readonly actual?: JsonValue | undefined;
  /** How the policy computes the member. */
  readonly member?: MemberFields;
  /** What `validate` says of the text that gives the value. */
  readonly warnings?: readonly Problem[];
  /** The routes up to the one that matches. */
  readonly routes?: readonly RouteFields[];
}

/** A whole run. */
export interface TestRun {
  readonly reports: readonly TestReport[];
  /** The files on the disk that were read as tests. */
  readonly files: readonly string[];
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  /** Files whose cases could not run. */
  readonly unusable: number;
}

export function totalsOf(reports: readonly TestReport[]): Totals {
  const cases = reports.flatMap((report) => report.cases);
  const passed = cases.filter(isPassed).length;
  const unusable = reports.filter(({ problems }) => problems.length > 0).length;
  return { passed, failed: cases.length - passed, unusable };
}

export function isPassed({ failures }: CaseReport): boolean {
  return failures.length === 0;
}

export function isGood(reports: readonly TestReport[]): boolean {
  const { failed, unusable } = totalsOf(reports);
  return failed + unusable === 0;
}

/** `12 passed, 1 failed` */
export function totalsText({ passed, failed, unusable }: Totals): string {
  const counts = `${passed} passed, ${failed} failed`;
  if (unusable === 0) return counts;
  return `${counts}, ${unusable} ${unusable === 1 ? 'file' : 'files'} that cannot be used`;
}
