/**
 * @module
 * What `mintproc import` prints: a line for each policy, why it is not exact, and what comes next.
 */
import { oneLine } from '../diagnostics/one-line.ts';
import { placeText } from '../diagnostics/source-text.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { testsFolder } from './token-tests.ts';
import { countsOf, verdicts } from './verdicts.ts';

/** @param out the folder that was written, as the user named it */
export function textReport({ policies, keys, tests }: Migration, out: string): string {
  const isOpen = policies.some(({ verdict }) => verdict === 'needs-values');
  const isRunning = policies.some(({ entry }) => entry !== undefined);
  const steps = [
    `Read ${out}/REPORT.md: it says what to do for each policy, with commands to copy.`,
    ...(isOpen ? [`Replace each FILL IN in ${out}/mintproc.yaml.`] : []),
    ...(keys.length === 0 ? [] : [`Provide ${countOfKeys(keys.length)}: ${out}/keys/README.md says which.`]),
    ...(isRunning ? [`Check it: mintproc validate ${out}/mintproc.yaml --strict`] : []),
    ...(tests.length === 0
      ? []
      : [
          `Record a token of the old gateway for each file in ${out}/${testsFolder}, and run: mintproc test ${out}/${testsFolder}`,
        ]),
  ];
  return [
    countsOf(policies),
    ...policies.flatMap(policyLines),
    '',
    `Written to ${out}. Next:`,
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    '',
  ].join('\n');
}

function countOfKeys(count: number): string {
  return count === 1 ? 'one key' : `${count} keys`;
}

/** More of them are in the report. */
const maxReasons = 3;

function policyLines({ api, policy, verdict, reasons }: MigratedPolicy): readonly string[] {
  const wanted = verdict === 'cannot' ? 'cannot' : 'value';
  const lines = reasons
    .filter(({ kind }) => kind === wanted)
    .map(({ problem: { place, message } }) => oneLine(`${placeText(place)}: ${message}`));
  const more = lines.length - maxReasons;
  return [
    `  ${verdicts[verdict]}: ${oneLine(`${policy.name} of ${api}`)}`,
    ...[...lines.slice(0, maxReasons), ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `      ${line}`),
  ];
}
