/**
 * @module
 * Reasons of an exported policy, and what its entry in mintproc.yaml says because of them.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import type { Open, Reason, Writable } from '../../exported.ts';

export interface Findings {
  readonly reasons: readonly Reason[];
  /** Keys of the entry. */
  readonly entry: Readonly<Record<string, Writable>>;
  /**
   * Values that must be decided, and for which the entry has no key of their own: `allow` names them until somebody
   * has decided, so that the configuration does not load before.
   */
  readonly undecided: readonly Open[];
}

export interface ReasonText {
  readonly message: string;
  readonly suggestion: string;
}

const severities = { cannot: 'error', value: 'warning', note: 'note' } as const;

export function reason(kind: Reason['kind'], code: Code, place: Place, { message, suggestion }: ReasonText): Reason {
  return { kind, problem: { code, severity: severities[kind], message, suggestion, place } };
}
