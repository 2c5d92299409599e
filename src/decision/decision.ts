/**
 * @module
 * What happens to one request, independent of Envoy's protocol.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import type { Later } from '../diagnostics/later.ts';
import { statusOf } from '../diagnostics/refusals.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import { codeRefusal } from '../plan/refusal.ts';
import type { Refusal } from '../plan/token-plan.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import type { Keeping } from './keep-in-envoy.ts';

export type Decision =
  /** No route matched; the request is forwarded unchanged. */
  | { readonly kind: 'untouched'; readonly mints: readonly MintRecord[] }
  | {
      readonly kind: 'forward';
      readonly set: readonly (readonly [name: string, value: string])[];
      readonly remove: readonly string[];
      /** The variables that policies published, for later filters of the proxy. */
      readonly metadata?: JsonObject;
      /** Whether Envoy may keep what is set, if it asks. */
      readonly keeping?: Keeping;
      readonly mints: readonly MintRecord[];
      /** The name of the route. */
      readonly route?: string | undefined;
    }
  | {
      readonly kind: 'refuse';
      readonly refusal: Refusal;
      readonly mints: readonly MintRecord[];
      /** Why the request was refused before any policy ran; the reason of a policy is in `mints`. */
      readonly code?: Code;
      /** The name of the route, if there is one. */
      readonly route?: string | undefined;
    };

/** Who waits for a decision. */
export interface Asker {
  /** Whether nobody waits any more: Envoy gave the request up, or its deadline passed. */
  readonly isGone: boolean;
}

/**
 * Decides on one request. Called once per request by the exchange of a transport. The decision arrives later if a
 * signature does, for example from a signer outside the process.
 */
export type Decide = (request: IncomingRequest, asker?: Asker) => Decision | Later<Decision>;

/** A refusal without a policy. It contains nothing but its code. @param status default: that of the code */
export function refusedWith(
  code: Code,
  route?: string,
  status = statusOf(code),
): Extract<Decision, { kind: 'refuse' }> {
  return {
    kind: 'refuse',
    refusal: codeRefusal(status, code),
    mints: [],
    code,
    ...(route === undefined ? {} : { route }),
  };
}
