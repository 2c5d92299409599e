/**
 * @module
 * `--format github`: workflow commands, which GitHub Actions shows as annotations at the lines of a pull request.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import { relative, resolve, sep } from 'node:path';
import { printable } from '../../../diagnostics/printable.ts';
import type { Problem } from '../../../diagnostics/problem.ts';
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
  const properties = {
    file: relativeTo(folder, place.file),
    line: String(place.line),
    col: String(place.column),
    title: code,
  };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapedProperty(value)}`);
  const sentences = [message, ...(suggestion === undefined ? [] : [suggestion])];
  return `::${commands[severity]} ${written.join(',')}::${sentences.map(escapedData).join('%0A')}`;
}

/** Annotations need paths relative to the repository, with slashes. */
function relativeTo(folder: string, file: string): string {
  return relative(folder, resolve(file)).split(sep).join('/');
}

function escapedData(text: string): string {
  return printable(text).replaceAll('%', '%25');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
