/**
 * @module
 * The requests that a policy is for, if it is not for every request of its route.
 */
import { areDisjoint } from '../expressions/pattern-beginnings.ts';
import type { TextPattern } from '../expressions/text-pattern.ts';

/** A request must match all members of a rule. */
export interface RequestRule {
  /** The path without its query. */
  readonly path?: TextPattern | undefined;
  readonly method?: TextPattern | undefined;
  readonly host?: TextPattern | undefined;
  /** Names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: TextPattern }[];
}

/** A request must match one of the rules. */
export interface RequestRules {
  readonly rules: readonly RequestRule[];
  /**
   * What paths begin with before the part that the rules compare: in lower case, with a slash at the beginning and none
   * at the end. Empty if the rules compare whole paths.
   */
  readonly basePaths: readonly string[];
}

/**
 * Whether it is plain that no request matches rules of both policies: they are for other methods or other paths. A path
 * that servers interpret differently is refused before it could match both.
 */
export function excludeEachOther(a: RequestRules | undefined, b: RequestRules | undefined): boolean {
  if (a === undefined || b === undefined || a.rules.length * b.rules.length > maxPairs) return false;
  // With several base paths, one path has several parts that rules compare.
  const isPathComparable = a.basePaths.length < 2 && a.basePaths.join() === b.basePaths.join();
  return a.rules.every((one) =>
    b.rules.every((other) => differ(one.method, other.method) || (isPathComparable && differ(one.path, other.path))),
  );
}

/** More are not compared. @internal Exported for the test of the limit. */
export const maxPairs = 400;

function differ(a: TextPattern | undefined, b: TextPattern | undefined): boolean {
  return a !== undefined && b !== undefined && areDisjoint(a.beginnings, b.beginnings);
}
