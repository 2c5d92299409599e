/**
 * @module
 * `--format junit`: JUnit XML. A test suite is what was named or found, a test case a file of it: with several errors
 * it is still one failure, since most readers show only the first of several.
 */
import { formatProblem, type Problem } from '../../../diagnostics/problem.ts';
import { type JUnitCase, type JUnitFailure, type JUnitSuite, junitXml } from '../../reporting/junit-xml.ts';
import { type Report, shown } from '../report.ts';
import type { Form } from './format.ts';

export const asJunit: Form = ({ findings: { reports }, notes }) =>
  junitXml(
    'mintproc validate',
    reports.map((report) => suiteOf(report, notes)),
  );

/** The file itself is a test case even if nothing is wrong with it. */
function suiteOf(report: Report, notes: boolean): JUnitSuite {
  const problems = shown(report, notes);
  const files = new Set([report.file, ...problems.map(({ place }) => place.file)]);
  const cases = Array.from(files, (file): JUnitCase => {
    const own = problems.filter(({ place }) => place.file === file);
    const errors = own.filter(({ severity }) => severity === 'error');
    // Warnings, and notes if they are shown.
    const others = own.filter(({ severity }) => severity !== 'error');
    const failure = errors.length === 0 ? undefined : failureOf(errors);
    return { name: file, file, line: errors[0]?.place.line, failure, output: linesOf(others) };
  });
  return { name: report.file, cases, output: [] };
}

/** Readers show the summary of a failure as its title. */
const maxSummarised = 3;

function failureOf(problems: readonly Problem[]): JUnitFailure {
  const first = problems.slice(0, maxSummarised);
  const sentences = first.map(({ place, message }) => `${place.line}:${place.column}: ${message}`);
  if (problems.length > maxSummarised) sentences.push(`And ${problems.length - maxSummarised} more.`);
  const types = new Set(first.map(({ code }) => code));
  return { type: [...types].join(' '), message: sentences.join(' '), lines: linesOf(problems) };
}

function linesOf(problems: readonly Problem[]): readonly string[] {
  return problems.flatMap((problem) => formatProblem(problem).split('\n'));
}
