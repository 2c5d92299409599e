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
  const failed = suites.flatMap(({ cases }) => cases).filter(({ failures }) => failures.length > 0);
  const total = suites.reduce((sum, { cases }) => sum + cases.length, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="mintproc validate" ${counts(total, failed.length)}>`,
    ...suites.map(suiteToXml),
    '</testsuites>\n',
  ].join('\n');
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
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  return [
    `  <testsuite name="${escaped(name)}" ${counts(cases.length, failed)}>`,
    ...cases.map((one) => caseToXml(one, name)),
    '  </testsuite>',
  ].join('\n');
}

function caseToXml({ file, failures, others }: Case, suite: string): string {
  const [first] = failures;
  const line = first === undefined ? '' : ` line="${first.place.line}"`;
  const start = `    <testcase name="${escaped(file)}" classname="${escaped(suite)}" file="${escaped(file)}"${line} time="0"`;
  const inside = [
    ...(first === undefined ? [] : [failureToXml(first, failures)]),
    ...(others.length === 0 ? [] : [`      <system-out>${problemLines(others)}</system-out>`]),
  ];
  return inside.length === 0 ? `${start}/>` : [`${start}>`, ...inside, '    </testcase>'].join('\n');
}

function failureToXml(first: Problem, all: readonly Problem[]): string {
  const { code, message, place } = first;
  const more = all.length === 1 ? '' : ` (and ${all.length - 1} more)`;
  const summary = escaped(`${place.line}:${place.column}: ${message}${more}`);
  return `      <failure type="${escaped(code)}" message="${summary}">${problemLines(all)}</failure>`;
}

function problemLines(problems: readonly Problem[]): string {
  const lines = problems.flatMap((problem) => formatProblem(problem).split('\n'));
  return lines.map(escaped).join('\n');
}

/** Nothing is measured, but some readers want a time. */
function counts(tests: number, failures: number): string {
  return `tests="${tests}" failures="${failures}" errors="0" skipped="0" time="0"`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** For text and for attributes in double quotes. */
function escaped(text: string): string {
  return printable(text).replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
