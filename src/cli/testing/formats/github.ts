/**
 * @module
 * `--format github`: an annotation of GitHub Actions for each failure.
 */
import { type Annotation, annotationLine } from '../../reporting/github-annotation.ts';
import { type TestReport, totalsOf, totalsText } from '../test-report.ts';
import { failureDetails, failureTitle, keyLines } from './failure-lines.ts';
import type { Form } from './format.ts';

export const asGithub: Form = ({ run: { reports }, folder }) => {
  const lines = reports.flatMap(annotationsOf).map((annotation) => annotationLine(annotation, folder));
  // A configuration that several test files name has its problems in each of them.
  return [...new Set(lines), totalsText(totalsOf(reports))].map((line) => `${line}\n`).join('');
};

function annotationsOf({ problems, cases, standInKeys }: TestReport): readonly Annotation[] {
  return [
    ...standInKeys.map(
      (one): Annotation => ({
        ...{ kind: 'notice', place: one.place, title: 'a key was made' },
        lines: keyLines([one]),
      }),
    ),
    ...problems.map(({ place, code, message, suggestion }): Annotation => {
      const lines = [message, ...(suggestion === undefined ? [] : [suggestion])];
      return { kind: 'error', place, title: code, lines };
    }),
    ...cases.flatMap(({ name, failures }) =>
      failures.map((failure): Annotation => {
        const lines = [failureTitle(failure), ...failureDetails(failure)];
        return { kind: 'error', place: failure.place, title: name, lines };
      }),
    ),
  ];
}
