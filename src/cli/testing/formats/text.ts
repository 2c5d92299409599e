/**
 * @module
 * `--format text`: for people.
 */
import { printable } from '../../../diagnostics/printable.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import { type Painted, paint } from '../../paint.ts';
import { clockTime, problemInLine } from '../../reporting/problem-forms.ts';
import { type CaseReport, isGood, isPassed, type TestReport, totalsOf, totalsText } from '../test-report.ts';
import { failureDetails, failureTitle, keyLines, problemLines } from './failure-lines.ts';
import type { Form } from './format.ts';

export const asText: Form = ({ run: { reports }, isColoured }) => {
  const painted = paint(isColoured);
  const lines = reports.flatMap((report) => reportLines(report, painted));
  return [...lines, summary(reports, painted)].map((line) => `${line}\n`).join('');
};

/** One line, and what fails. */
export const asTextAgain: Form = ({ run: { reports }, isColoured, time }) => {
  const painted = paint(isColoured);
  const line = `${clockTime(time)} ${summary(reports, painted)}`;
  const first = firstFailure(reports);
  return `${first === undefined ? line : `${line}: ${printable(first)}`}\n`;
};

function summary(reports: readonly TestReport[], painted: Painted): string {
  return painted[isGood(reports) ? 'good' : 'bad'](totalsText(totalsOf(reports)));
}

function firstFailure(reports: readonly TestReport[]): string | undefined {
  for (const { problems, cases } of reports) {
    const [problem] = problems;
    if (problem !== undefined) return problemInLine(problem);
    for (const { name, place, failures } of cases) {
      const [failure] = failures;
      if (failure !== undefined) return `${placeText(place)}: ${name}: ${failureTitle(failure)}`;
    }
  }
  return undefined;
}

function reportLines(report: TestReport, painted: Painted): readonly string[] {
  const { file, problems, cases, standInKeys } = report;
  if (problems.length > 0) {
    return [...problemLines(problems), `${printable(file)}: ${painted.bad('cannot be used')}`];
  }
  const counts = painted[isGood([report]) ? 'good' : 'bad'](totalsText(totalsOf([report])));
  const failed = cases.filter((one) => !isPassed(one));
  return [
    ...keyLines(standInKeys),
    `${printable(file)}: ${counts}`,
    ...failed.flatMap((one) => caseLines(one, painted)),
  ];
}

function caseLines({ name, place, failures }: CaseReport, painted: Painted): readonly string[] {
  const title = `${painted.bad('failed')} ${painted.strong(printable(name))} ${painted.faint(printable(`(${placeText(place)})`))}`;
  const lines = failures.flatMap((failure) => {
    const at = painted.faint(printable(`(${placeText(failure.place)})`));
    const details = failureDetails(failure, painted);
    return [`  ${failureTitle(failure)} ${at}`, ...details.map((line) => `    ${line}`)];
  });
  return [title, ...lines];
}
