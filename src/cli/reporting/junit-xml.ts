/**
 * @module
 * JUnit XML, which GitLab, Jenkins and others show as the results of tests.
 */
import { printable } from '../../diagnostics/printable.ts';

/** By suite. */
export interface JUnitSuite {
  readonly name: string;
  readonly cases: readonly JUnitCase[];
  /** What is worth knowing of all of them. */
  readonly output: readonly string[];
}

export interface JUnitCase {
  readonly name: string;
  readonly file: string;
  /** The line of the first failure, or of the case. */
  readonly line: number | undefined;
  readonly failure: JUnitFailure | undefined;
  /** What is worth knowing of the case. */
  readonly output: readonly string[];
}

export interface JUnitFailure {
  readonly type: string;
  /** Readers show it as the title. */
  readonly message: string;
  readonly lines: readonly string[];
}

export function junitXml(name: string, suites: readonly JUnitSuite[]): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const root = element('testsuites', { name, ...countsOf(cases) }, suites.map(suiteToXml));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function suiteToXml({ name, cases, output }: JUnitSuite): string {
  const inside = cases.map((one) => caseToXml(one, name));
  return element('testsuite', { name, ...countsOf(cases) }, [...inside, ...outputToXml(output)]);
}

function caseToXml({ name, file, line, failure, output }: JUnitCase, suite: string): string {
  const attributes = { name, classname: suite, file, ...(line === undefined ? {} : { line }), time: 0 };
  return element('testcase', attributes, [
    ...(failure === undefined ? [] : [failureToXml(failure)]),
    ...outputToXml(output),
  ]);
}

function outputToXml(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [element('system-out', {}, textOf(lines))];
}

function failureToXml({ type, message, lines }: JUnitFailure): string {
  return element('failure', { type, message }, textOf(lines));
}

function textOf(lines: readonly string[]): string {
  return lines.map(escaped).join('\n');
}

/** Nothing is measured, but some readers want a time. */
function countsOf(cases: readonly JUnitCase[]): Attributes {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
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
