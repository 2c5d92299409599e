/**
 * @module
 * `--format junit`: JUnit XML. A test suite is a test file, a test case a case of it; a file whose cases cannot run has
 * one test case, which fails.
 */
import { printable } from '../../../diagnostics/printable.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import { type JUnitCase, type JUnitFailure, type JUnitSuite, junitXml } from '../../reporting/junit-xml.ts';
import type { CaseReport, ShownFailure, TestReport } from '../test-report.ts';
import { failureDetails, failureTitle, keyLines, problemLines } from './failure-lines.ts';
import type { Form } from './format.ts';

export const asJunit: Form = ({ run: { reports } }) => junitXml('mintproc test', reports.map(suiteOf));

function suiteOf(report: TestReport): JUnitSuite {
  const { file, problems, cases, standInKeys } = report;
  if (problems.length === 0) {
    return { name: file, cases: cases.map((one) => caseOf(file, one)), output: keyLines(standInKeys) };
  }
  return {
    name: file,
    cases: [{ name: file, file, line: undefined, failure: unusable(report), output: [] }],
    output: [],
  };
}

function unusable({ problems }: TestReport): JUnitFailure {
  const types = new Set(problems.map(({ code }) => code));
  const message = problems[0]?.message ?? '';
  return { type: [...types].join(' '), message, lines: problemLines(problems) };
}

function caseOf(file: string, { name, place, failures }: CaseReport): JUnitCase {
  return { name, file, line: place.line, failure: failureOf(failures), output: [] };
}

/** Most readers show only the first of several failures, so that a case has at most one. */
function failureOf(failures: readonly ShownFailure[]): JUnitFailure | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  const more = failures.length === 1 ? '' : ` And ${failures.length - 1} more.`;
  return { type: first.what, message: `${failureTitle(first)}${more}`, lines: failures.flatMap(linesOf) };
}

function linesOf(failure: ShownFailure): readonly string[] {
  const title = `${printable(placeText(failure.place))}: ${failureTitle(failure)}`;
  return [title, ...failureDetails(failure).map((line) => `  ${line}`)];
}
