/**
 * @module
 * Creates the responses to requests that cannot get their token. The vendor defines the body. If the vendor documents
 * no body, or no policy ran, the body has an error code and does not give the reason.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import { ownStatusOf } from '../diagnostics/refusals.ts';
import type { Refusal, TokenPlan } from './token-plan.ts';

/** @param fault the vendor's name for the failure, one of a closed set */
export function jsonRefusal(status: number, body: JsonObject, fault?: string): Refusal {
  return {
    ...(fault === undefined ? {} : { fault }),
    status,
    contentType: 'application/json',
    body: JSON.stringify(body),
  };
}

/** The headers that HTTP wants of mintproc's own refusals, by status. */
const headersOf: ReadonlyMap<number, Refusal['headers']> = new Map([
  // RFC 9110, 11.6.1. A challenge `Bearer` has at least one parameter. There is no error code, since the request has no
  // token that could be wrong (RFC 6750, 3).
  [401, [['www-authenticate', 'Bearer realm="mintproc"']]],
  // RFC 9110, 10.2.3, in seconds. What overloads mintproc is over in less, but there is no shorter time.
  [503, [['retry-after', '1']]],
]);

/**
 * The response to a request that cannot get the token of this plan: the vendor's, unless its gateway has no such
 * failure.
 * @param subject as of `MintError`
 */
export function refusalOf({ refuse }: Pick<TokenPlan, 'refuse'>, code: Code, subject: string | undefined): Refusal {
  const status = ownStatusOf(code);
  return status === undefined ? refuse(code, subject) : codeRefusal(status, code);
}

export function codeRefusal(status: number, code: string): Refusal {
  const headers = headersOf.get(status);
  return { ...jsonRefusal(status, { error: { code } }), ...(headers === undefined ? {} : { headers }) };
}
