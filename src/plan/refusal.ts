/**
 * @module
 * Creates the responses to requests that cannot get their token. The vendor defines the body. If the vendor documents
 * no body, or no policy ran, the body has an error code and does not give the reason.
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
