/**
 * @module
 * Workflow commands, which GitHub Actions shows as annotations at the lines of a pull request.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
import { relative, resolve, sep } from 'node:path';
import { printable } from '../../diagnostics/printable.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import type { Terminal } from '../terminal.ts';

export interface Annotation {
  readonly kind: 'error' | 'warning' | 'notice';
  readonly place: Place;
  readonly title: string;
  readonly lines: readonly string[];
}

/** One line. @param folder that paths are relative to */
export function annotationLine({ kind, place, title, lines }: Annotation, folder: string): string {
  const properties = {
    file: relativeTo(folder, place.file),
    line: String(place.line),
    col: String(place.column),
    title,
  };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapedProperty(value)}`);
  return `::${kind} ${written.join(',')}::${lines.map(escapedData).join('%0A')}`;
}

/** The folder that GitHub's annotations are relative to: the repository's if this is a part of it. */
export function repositoryOf({ GITHUB_WORKSPACE: workspace }: Terminal['environment']): string {
  const here = process.cwd();
  if (workspace === undefined || workspace === '') return here;
  return relative(resolve(workspace), here).startsWith('..') ? here : workspace;
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
