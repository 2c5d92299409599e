/**
 * @module
 * The one maker of answers to callers who get no token. What stands in the body is the vendor's business; where a vendor
 * documents nothing, or no policy ran, it is a code and nothing of the reason.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import type { Refusal } from './token-plan.ts';

/** @param fault the vendor's name for the failure, one of a closed set */
export function jsonRefusal(status: number, body: JsonObject, fault?: string): Refusal {
  return {
    ...(fault === undefined ? {} : { fault }),
    status,
    contentType: 'application/json',
    body: JSON.stringify(body),
  };
}

export function codeRefusal(status: number, code: string): Refusal {
  return jsonRefusal(status, { error: { code } });
}
