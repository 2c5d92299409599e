/**
 * @module
 * What the import itself finds about a policy, in addition to what the reader of its export says.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { Reason } from '../dialects/exported.ts';

/** A value that somebody must decide. @param message a sentence that may be shown */
export function valueReason(code: Code, place: Place, message: string): Reason {
  return { kind: 'value', problem: { code, severity: 'error', message, place } };
}
