/**
 * @module
 * Reasons of exported policies, and policies of which only the reasons are known.
 */
import type { Code } from '../diagnostics/codes.ts';
import { oneLine } from '../diagnostics/one-line.ts';
import { type Problem, severityOf } from '../diagnostics/problem.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { ExportedPolicy, ExportFile, Reason } from './exported.ts';

export interface ReasonText {
  readonly message: string;
  readonly suggestion?: string;
}

/** How much it counts is said by `kind`; the severity is that of the code, as everywhere. */
export function reason(kind: Reason['kind'], code: Code, place: Place, text: ReasonText): Reason {
  return { kind, problem: { code, severity: severityOf(code), place, ...text } };
}

/** @param ran what the gateway ran besides the policies that mint, in words */
export function otherPolicies(ran: string): ReasonText {
  return {
    message: oneLine(`For these requests, the gateway also ran ${ran}. mintproc does not.`),
    suggestion: 'Let a filter of Envoy or the backend do what they did to the request.',
  };
}

/** What a policy has in its entry if it cannot run here: nothing. */
export const withoutEntry = {
  output: undefined,
  entry: {},
  meant: [],
  undecided: [],
  variables: [],
  keys: [],
} as const;

/** A policy that is in a file that cannot be read, or in one that the export does not have. */
export function unknownPolicy(
  { file, name, dialect }: Pick<ExportedPolicy, 'file' | 'name' | 'dialect'>,
  problems: readonly Problem[],
): ExportedPolicy {
  const place = problems[0]?.place ?? placeOfFile(file);
  const reasons = problems.map((problem) => ({ kind: 'cannot', problem }) as const);
  return { file, place, name, dialect, select: undefined, reasons, routes: [], ...withoutEntry };
}

function placeOfFile({ path }: ExportFile): Place {
  return { file: path, line: 1, column: 1 };
}
