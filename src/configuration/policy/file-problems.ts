/**
 * @module
 * Which problems of a policy file concern one entry, if the file has several policies: what is wrong with the others
 * matters only if entries use them.
 */
import type { Problem } from '../../diagnostics/problem.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { FoundPolicy } from '../../dialects/policy-file.ts';

/** The problems without those of the other policies. */
export function problemsOfPolicy(
  problems: readonly Problem[],
  chosen: FoundPolicy,
  policies: readonly FoundPolicy[],
  source: SourceText,
): readonly Problem[] {
  if (chosen.problems === undefined) return problemsInside(problems, chosen, policies, source);
  const own = new Set(chosen.problems);
  const others = new Set(policies.flatMap((policy) => (policy === chosen ? [] : (policy.problems ?? []))));
  return problems.filter((problem) => own.has(problem) || !others.has(problem));
}

/** By their places. */
function problemsInside(
  problems: readonly Problem[],
  chosen: FoundPolicy,
  policies: readonly FoundPolicy[],
  source: SourceText,
): readonly Problem[] {
  const starts = policies.map((policy) => ({ policy, place: source.placeAt(policy.offset) }));
  return problems.filter(({ place }) => {
    const inside = starts.findLast((start) => isBefore(start.place, place))?.policy ?? chosen;
    return inside === chosen;
  });
}

/** Whether a place is not after another one in the same file. */
function isBefore(one: Place, other: Place): boolean {
  return one.line < other.line || (one.line === other.line && one.column <= other.column);
}
