/**
 * @module
 * Which problems of a policy file concern one entry, if the file has several policies. Read with the variables of one
 * entry, the other policies lack theirs. And of an exported API, not every policy may run here.
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
  if (chosen.problems !== undefined) {
    const ofPolicies = new Set(policies.flatMap((policy) => policy.problems ?? []));
    return [...problems.filter((problem) => !ofPolicies.has(problem)), ...chosen.problems];
  }
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
