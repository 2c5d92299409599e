/**
 * @module
 * `--format tap`: the Test Anything Protocol, version 14. https://testanything.org/tap-version-14-specification.html
 *
 * A file whose cases cannot run is a test that fails.
 */
import { printable } from '../../../diagnostics/printable.ts';
import { placeText } from '../../../diagnostics/source-text.ts';
import { jsonText } from '../../json-text.ts';
import type { CaseReport, TestReport } from '../test-report.ts';
import { failureDetails, failureTitle, keyLines, problemLines } from './failure-lines.ts';
import type { Form } from './format.ts';

export const asTap: Form = ({ run: { reports } }) => {
  const points = reports.flatMap(pointsOf);
  const lines = points.flatMap((point, index) => pointLines(point, index + 1));
  const notes = reports.flatMap(({ standInKeys }) => keyLines(standInKeys)).map((line) => `# ${line}`);
  return ['TAP version 14', `1..${points.length}`, ...notes, ...lines].map((line) => `${line}\n`).join('');
};

interface TestPoint {
  readonly description: string;
  /** What is said of it; undefined if it passes. */
  readonly diagnostic: object | undefined;
}

function pointsOf({ file, problems, cases }: TestReport): readonly TestPoint[] {
  if (problems.length === 0) return cases.map((one) => casePoint(file, one));
  return [{ description: file, diagnostic: { message: 'The file cannot be used.', problems: problemLines(problems) } }];
}

function casePoint(file: string, { name, place, failures }: CaseReport): TestPoint {
  const description = `${file}: ${name}`;
  if (failures.length === 0) return { description, diagnostic: undefined };
  const shown = failures.map((failure) => ({
    message: failureTitle(failure),
    at: printable(placeText(failure.place)),
    details: failureDetails(failure),
  }));
  return { description, diagnostic: { at: printable(placeText(place)), failures: shown } };
}

/** The diagnostic is YAML, of which JSON is a part: one line for each of its members. */
function pointLines({ description, diagnostic }: TestPoint, number: number): readonly string[] {
  const line = `${diagnostic === undefined ? 'ok' : 'not ok'} ${number} - ${escaped(printable(description))}`;
  if (diagnostic === undefined) return [line];
  const members = Object.entries(diagnostic).map(([name, value]) => `  ${name}: ${jsonText(value)}`);
  return [line, '  ---', ...members, '  ...'];
}

/** A number sign would begin a directive, such as TODO. */
function escaped(description: string): string {
  return description.replace(/[\\#]/g, '\\$&');
}
