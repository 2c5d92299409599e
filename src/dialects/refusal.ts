/**
 * @module
 * The answer to a caller for a vendor that documents none: a status and a code, nothing of the reason.
 */
import type { Refusal } from '../plan/token-plan.ts';

export function jsonRefusal(status: number, code: string): Refusal {
  return { status, contentType: 'application/json', body: JSON.stringify({ error: { code } }) };
}
