/**
 * @module
 * The verdicts in words, and how many policies have each.
 */
import type { MigratedPolicy, Verdict } from './migration.ts';

export const verdicts: Readonly<Record<Verdict, string>> = {
  exact: 'exact',
  'needs-values': 'needs these values',
  cannot: 'cannot run here',
};

/** `3 policies: 1 exact, 2 needs these values.`, without what none has. */
export function countsOf(policies: readonly MigratedPolicy[]): string {
  const counts = Object.entries(verdicts).flatMap(([wanted, text]) => {
    const count = policies.filter(({ verdict }) => verdict === wanted).length;
    return count === 0 ? [] : [`${count} ${text}`];
  });
  return `${policies.length === 1 ? 'One policy' : `${policies.length} policies`}: ${counts.join(', ')}.`;
}
