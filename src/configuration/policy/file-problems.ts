/**
 * @module
 * Which problems of a policy file concern one entry, if the file has several policies. Read with the variables of one
 * entry, the other policies lack theirs. And of an exported API, not every policy may run here.
 */
import type { Problem } from '../../diagnostics/problem.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { FoundPolicy } from '../../dialects/policy-file.ts';

/** Whether the reader of the file says which problems are those of a policy. */
export function areToldApart(policies: readonly FoundPolicy[]): boolean {
  return policies.some(({ problems }) => problems !== undefined);
}

/** The problems of the file itself, if it is known which are. */
export function problemsOutside(problems: readonly Problem[], policies: readonly FoundPolicy[]): readonly Problem[] {
  if (!areToldApart(policies)) return [];
  const ofPolicies = new Set(policies.flatMap((policy) => policy.problems ?? []));
  return problems.filter((problem) => !ofPolicies.has(problem));
}

/** The problems without those of the other policies. */
export function problemsOfPolicy(
  problems: readonly Problem[],
  chosen: FoundPolicy,
  policies: readonly FoundPolicy[],
  source: SourceText,
): readonly Problem[] {
  if (chosen.problems !== undefined) return [...problemsOutside(problems, policies), ...chosen.problems];
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
