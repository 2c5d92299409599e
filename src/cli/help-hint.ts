/**
 * @module
 * Points somebody at a terminal to `mintproc help CODE`, once below all problems. Logs and CI jobs do not get the line.
 */
import type { Problem } from '../diagnostics/problem.ts';
import type { Terminal } from './terminal.ts';

/** Undefined if nobody reads it, or there is nothing to explain. The example is the first error, or else warning. */
export function helpHint(problems: readonly Problem[], { isInteractive }: Terminal): string | undefined {
  const first = problems.find(({ severity }) => severity === 'error') ?? problems[0];
  return isInteractive && first !== undefined ? `To learn more about a code: mintproc help ${first.code}` : undefined;
}
