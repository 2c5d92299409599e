/**
 * @module
 * What `mintproc import` prints: a line for each policy, why it is not exact, and what comes next.
 */
import { oneLine } from '../diagnostics/one-line.ts';
import { placeText } from '../diagnostics/source-text.ts';
import { fillIn } from '../dialects/exported.ts';
import type { MigratedPolicy, Migration } from './migration.ts';
import { testsFolder } from './token-tests.ts';
import { countsOf, verdicts } from './verdicts.ts';
import { configurationText } from './write-configuration.ts';

/** @param out the folder that was written, as the user named it */
export function textReport(migration: Migration, out: string): string {
  const { policies, keys, tests } = migration;
  const isOpen = policies.some(({ verdict }) => verdict === 'needs-values');
  const isRunning = policies.some(({ entry }) => entry !== undefined);
  const steps = [
    `Read ${out}/REPORT.md: it says what to do for each policy, with commands to copy.`,
    ...(isOpen ? [`Replace each FILL IN in ${out}/mintproc.yaml${onLines(configurationText(migration))}.`] : []),
    ...(keys.length === 0 ? [] : [`Provide ${countOfKeys(keys.length)}: ${out}/keys/README.md says which.`]),
    ...(isRunning ? [`Check it: mintproc validate ${out}/mintproc.yaml --strict`] : []),
    ...(isRunning ? [`Complete the Envoy part for your backend and callers: ${out}/REPORT.md says how.`] : []),
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

/** More of them are found from these. */
const maxLines = 10;

/** Where a configuration has values to fill in: `, lines 12 and 20`. */
function onLines(text: string): string {
  const numbers = text.split('\n').flatMap((line, index) => (isOpenLine(line) ? [index + 1] : []));
  const shown = numbers.slice(0, maxLines).join(', ');
  const more = numbers.length - maxLines;
  if (more > 0) return `, lines ${shown} and ${more} more`;
  return numbers.length === 1 ? `, line ${shown}` : `, lines ${shown.replace(/, (?=\d+$)/, ' and ')}`;
}

/** The value is in quotes, since it has a colon. */
function isOpenLine(line: string): boolean {
  return line.includes(`"${fillIn}: `) && !line.trimStart().startsWith('#');
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
