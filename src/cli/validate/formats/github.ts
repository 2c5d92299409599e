/**
 * @module
 * `--format github`: an annotation of GitHub Actions for each problem.
 */
import type { Problem } from '../../../diagnostics/problem.ts';
import { annotationLine } from '../../reporting/github-annotation.ts';
import { shown, verdictOf } from '../report.ts';
import type { Form } from './format.ts';

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const;

export const asGithub: Form = ({ findings: { reports }, notes, folder }) => {
  const lines = reports.flatMap((report) => shown(report, notes).map((problem) => annotation(problem, folder)));
  const files = reports.length === 1 ? '1 file' : `${reports.length} files`;
  // A file that several configurations name has its problems in each of them.
  return [...new Set(lines), `${files}: ${verdictOf(reports, notes)}`].map((line) => `${line}\n`).join('');
};

function annotation({ severity, code, message, suggestion, place }: Problem, folder: string): string {
  const lines = [message, ...(suggestion === undefined ? [] : [suggestion])];
  return annotationLine({ kind: commands[severity], place, title: code, lines }, folder);
}
