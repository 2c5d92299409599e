/**
 * @module
 * `--format text`: for people. Names of files, policies and flows are the work of others, so that each line is made
 * printable.
 */

import { describeReuse } from '../../../configuration/policy/reuse-settings.ts';
import { printable } from '../../../diagnostics/printable.ts';
import { formatProblem } from '../../../diagnostics/problem.ts';
import { bundleToText } from '../../bundle-report.ts';
import { inEnvoy } from '../../kept-in-envoy.ts';
import { clockTime, problemInLine } from '../../reporting/problem-forms.ts';
import { comparisonToText } from '../against.ts';
import { type Report, shown, verdictOf } from '../report.ts';
import type { Form } from './format.ts';

export const asText: Form = ({ findings: { reports, bundles, comparison }, notes }) =>
  [
    ...reports.map((report) => reportToText(report, notes)),
    ...bundles.flatMap(({ path, proxies }) => proxies.map((one) => printableLines(bundleToText(path, one)))),
    ...(comparison === undefined ? [] : [printableLines(comparisonToText(comparison))]),
  ].join('');

/** `12:03:04 mintproc.yaml: not valid, 2 errors: mintproc.yaml:3:1: Unknown key. [config.unknown-key]` */
export const asTextLine: Form = ({ findings: { reports }, notes, time }) => {
  const [only, second] = reports;
  const subject = only !== undefined && second === undefined ? only.file : `${reports.length} files`;
  const error = reports.flatMap(({ problems }) => problems).find(({ severity }) => severity === 'error');
  const line = `${clockTime(time)} ${subject}: ${verdictOf(reports, notes)}`;
  return `${printable(error === undefined ? line : `${line}: ${problemInLine(error)}`)}\n`;
};

function reportToText(report: Report, notes: boolean): string {
  const dialect = report.dialect === null ? '' : ` (${report.dialect})`;
  const verdict = printable(`${report.file}${dialect}: ${verdictOf([report], notes)}`);
  const lines = [...shown(report, notes).map(formatProblem), verdict, ...policyLines(report)];
  return lines.map((line) => `${line}\n`).join('');
}

function policyLines({ policies = [], keptByEnvoy = new Set() }: Report): readonly string[] {
  return policies.map((policy) => {
    const { name, requiresCaller, reuse } = policy;
    const facts = [describeReuse(reuse), requiresCaller && 'a caller is required', inEnvoy(policy, keptByEnvoy)];
    return printable(`  ${name}: ${facts.filter(Boolean).join('; ')}`);
  });
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
