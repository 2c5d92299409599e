/**
 * @module
 * What becomes of one request, independent of Envoy's protocol.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import type { Later } from '../diagnostics/later.ts';
import type { Origin } from '../diagnostics/mint-error.ts';
import type { HeaderFields } from '../plan/header-fields.ts';
import type { ObjectView } from '../plan/object-view.ts';
import { codeRefusal } from '../plan/refusal.ts';
import type { ProxyAttributes, Refusal } from '../plan/token-plan.ts';
import type { AuditFacts } from './audit.ts';

/** A request as the proxy described it. Nothing here is trusted beyond what the proxy itself vouches for. */
export interface IncomingRequest {
  readonly headers: HeaderFields;
  /** Envoy attributes by name: `source.address`, `request.protocol`, `xds.route_name`, `connection.*`. */
  readonly attributes: ProxyAttributes;
  /** Envoy's dynamic metadata by namespace. */
  readonly metadata: ObjectView;
  /** The policy that the route named in the stream's gRPC metadata (`x-mintproc-policy`). */
  readonly routePolicy: string | undefined;
  /** To be called before the turn ends where the request is read later: what it lies in may be used again after it. */
  keep?(): void;
}

/** How one policy fared with one request. */
export type MintOutcome = 'minted' | 'refused' | 'passed';

export interface MintRecord {
  readonly policy: string;
  readonly outcome: MintOutcome;
  /** Why no token was minted: the code and the operator's message. */
  readonly code?: string;
  readonly message?: string;
  /** The claim or header parameter that could not be made, where it was one of these. */
  readonly origin?: Origin | undefined;
  /** The vendor's name for the failure, one of a closed set. */
  readonly fault?: string | undefined;
  /** What is doubtful about a token that was minted. */
  readonly warning?: Code | undefined;
  /** When the policy began to run, in seconds of the clock `performance.now()`. */
  readonly began?: number;
  /** Of the header value that was written. */
  readonly bytes?: number;
  /** Where the token leaves a line in the audit. */
  readonly audit?: AuditFacts | undefined;
}

/**
 * What is recorded of the tokens of one policy: one record for all of them, since most requests leave one. It tells of
 * the token that was minted last, and has to be read before the turn ends.
 */
export interface MintedRecord extends MintRecord {
  readonly outcome: 'minted';
  began: number;
  bytes: number;
  audit: AuditFacts | undefined;
  warning: Code | undefined;
}

export type Decision =
  /** No route matched; the request goes on as it came. */
  | { readonly kind: 'untouched'; readonly mints: readonly MintRecord[] }
  | {
      readonly kind: 'forward';
      readonly set: readonly (readonly [name: string, value: string])[];
      readonly remove: readonly string[];
      /** What later filters of the proxy may read: the variables that policies published. */
      readonly metadata?: JsonObject;
      readonly mints: readonly MintRecord[];
    }
  | {
      readonly kind: 'refuse';
      readonly refusal: Refusal;
      readonly mints: readonly MintRecord[];
      /** Why the request was refused before any policy ran; a policy's own reason stands in `mints`. */
      readonly code?: Code;
    };

/**
 * Decides on one request; called once per request by a transport's exchange. The decision arrives later where a signature
 * does, as from a signer outside the process.
 */
export type Decide = (request: IncomingRequest) => Decision | Later<Decision>;

/** The refusal of a request for which no policy answers: it carries nothing but its code. */
export function refusedWith(status: number, code: Code): Extract<Decision, { kind: 'refuse' }> {
  return { kind: 'refuse', refusal: codeRefusal(status, code), mints: [], code };
}
