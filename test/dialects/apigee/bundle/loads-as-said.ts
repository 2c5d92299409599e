/**
 * @module
 * An import without open values loads strictly, and one with them fails by exactly these.
 */
import { formatProblem } from '../../../../src/diagnostics/problem.ts';
import type { ExportedApi } from '../../../../src/dialects/exported.ts';
import { loadImport } from '../../../migration/load-import.ts';

/** Undefined if it is so, else what is wrong. */
export function loadsAsSaid(apis: readonly ExportedApi[]): string | undefined {
  const { text, problems, snapshot } = loadImport(apis);
  // A configuration without policies does not load.
  if (!/^policies:\n/m.test(text)) return undefined;
  const opens = text.split('FILL IN: ').length - 1;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const isOpen = errors.every(({ code }) => code === 'config.fill-in') && errors.length === opens;
  if (isOpen && (opens === 0) === (snapshot !== undefined)) return undefined;
  return `${opens} open values\n${errors.map(formatProblem).join('\n')}\n${text}`;
}
