/**
 * @module
 * `--format junit`: JUnit XML, which GitLab, Jenkins and others show as the results of tests. A test suite is what was
 * named or found, a test case a file of it: with several errors it is still one failure, since most readers show only
 * the first of several.
 */
import { printable } from '../../../diagnostics/printable.ts';
import { formatProblem, type Problem } from '../../../diagnostics/problem.ts';
import { type Report, shown } from '../report.ts';
import type { Form } from './format.ts';

export const asJunit: Form = ({ findings: { reports }, notes }) => {
  const suites = reports.map((report) => suiteOf(report, notes));
  const cases = suites.flatMap((suite) => suite.cases);
  const root = element('testsuites', { name: 'mintproc validate', ...countsOf(cases) }, suites.map(suiteToXml));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
};

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

interface Case {
  readonly file: string;
  readonly failures: readonly Problem[];
  /** Warnings, and notes if they are shown. */
  readonly others: readonly Problem[];
}

/** The file itself is a test case even if nothing is wrong with it. */
function suiteOf(report: Report, notes: boolean): Suite {
  const problems = shown(report, notes);
  const files = new Set([report.file, ...problems.map(({ place }) => place.file)]);
  const cases = Array.from(files, (file): Case => {
    const own = problems.filter(({ place }) => place.file === file);
    const { failures = [], others = [] } = Object.groupBy(own, ({ severity }) =>
      severity === 'error' ? 'failures' : 'others',
    );
    return { file, failures, others };
  });
  return { name: report.file, cases };
}

function suiteToXml({ name, cases }: Suite): string {
  return element(
    'testsuite',
    { name, ...countsOf(cases) },
    cases.map((one) => caseToXml(one, name)),
  );
}

function caseToXml({ file, failures, others }: Case, suite: string): string {
  const line = failures[0]?.place.line;
  const attributes = { name: file, classname: suite, file, ...(line === undefined ? {} : { line }), time: 0 };
  return element('testcase', attributes, [
    ...(failures.length === 0 ? [] : [failureToXml(failures)]),
    ...(others.length === 0 ? [] : [element('system-out', {}, linesOf(others))]),
  ]);
}

/** Readers show the summary of a failure as its title. */
const maxSummarised = 3;

function failureToXml(problems: readonly Problem[]): string {
  const first = problems.slice(0, maxSummarised);
  const sentences = first.map(({ place, message }) => `${place.line}:${place.column}: ${message}`);
  if (problems.length > maxSummarised) sentences.push(`And ${problems.length - maxSummarised} more.`);
  const types = new Set(first.map(({ code }) => code));
  return element('failure', { type: [...types].join(' '), message: sentences.join(' ') }, linesOf(problems));
}

function linesOf(problems: readonly Problem[]): string {
  return problems
    .flatMap((problem) => formatProblem(problem).split('\n'))
    .map(escaped)
    .join('\n');
}

/** Nothing is measured, but some readers want a time. */
function countsOf(cases: readonly Case[]): Attributes {
  const failures = cases.filter((one) => one.failures.length > 0).length;
  return { tests: cases.length, failures, errors: 0, skipped: 0, time: 0 };
}

type Attributes = Readonly<Record<string, string | number>>;

/** @param content escaped text, or elements */
function element(name: string, attributes: Attributes, content: string | readonly string[]): string {
  const start = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(String(value))}"`)];
  const inside = typeof content === 'string' ? content : content.map((one) => `\n${one}`).join('');
  if (inside === '') return `<${start.join(' ')}/>`;
  return `<${start.join(' ')}>${inside}${typeof content === 'string' ? '' : '\n'}</${name}>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text and for attributes in double quotes. */
function escaped(text: string): string {
  return printable(text).replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
