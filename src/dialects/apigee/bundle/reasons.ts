/**
 * @module
 * Reasons of the report on an export, in short.
 */
import type { Code } from '../../../diagnostics/codes.ts';
import type { Place } from '../../../diagnostics/source-text.ts';
import type { Reason } from '../../exported.ts';

export function cannotBe(place: Place, code: Code, message: string, suggestion?: string): Reason {
  return reason('cannot', place, code, message, suggestion);
}

/** Somebody must decide or look up a value. */
export function isOpen(place: Place, code: Code, message: string, suggestion: string): Reason {
  return reason('value', place, code, message, suggestion);
}

export function noteOf(place: Place, code: Code, message: string, suggestion?: string): Reason {
  return reason('note', place, code, message, suggestion);
}

function reason(kind: Reason['kind'], place: Place, code: Code, message: string, suggestion?: string): Reason {
  const severity = kind === 'note' ? 'note' : 'error';
  return { kind, problem: { code, severity, message, place, ...(suggestion === undefined ? {} : { suggestion }) } };
}
