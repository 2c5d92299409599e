/**
 * @module
 * `--format json`: the run as one JSON document.
 */
import type { StandIn } from '../../../configuration/keys/stand-in-keys.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import { jsonText } from '../../json-text.ts';
import { problemFields } from '../../reporting/problem-forms.ts';
import {
  type CaseReport,
  isGood,
  isPassed,
  type ShownFailure,
  type TestReport,
  type TestRun,
  totalsOf,
} from '../test-report.ts';
import type { Form } from './format.ts';

export const asJson: Form = ({ run }) => `${jsonText(runFields(run), 2)}\n`;

export const asJsonLine: Form = ({ run }) => `${jsonText(runFields(run))}\n`;

function runFields({ reports }: TestRun): object {
  return { ok: isGood(reports), ...totalsOf(reports), files: reports.map(fileFields) };
}

function fileFields(report: TestReport): object {
  const { file, config = null, problems, cases, standInKeys } = report;
  return {
    file,
    config,
    ok: isGood([report]),
    problems: problems.map(problemFields),
    standInKeys: standInKeys.map(keyFields),
    cases: cases.map(caseFields),
  };
}

function keyFields({ role, algorithm, place }: StandIn): object {
  return { role, algorithm, file: place.file, ...lineOf(place) };
}

function caseFields(one: CaseReport): object {
  const { name, place, failures } = one;
  return { name, ...lineOf(place), ok: isPassed(one), failures: failures.map(failureFields) };
}

function failureFields({ place, ...failure }: ShownFailure): object {
  const { what, message, warnings, ...others } = failure;
  return { what, ...lineOf(place), message, ...others, ...(warnings && { warnings: warnings.map(problemFields) }) };
}

function lineOf({ line, column }: Place): Pick<Place, 'line' | 'column'> {
  return { line, column };
}
