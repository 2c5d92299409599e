/**
 * @module
 * What a token should be: the one form that every dialect's policy becomes.
 *
 * A plan is data and closures, made when a policy loads. It holds no vendor's words: a vendor's rule (an omitted
 * claim, an order of members, a refusal's body) is expressed here as a step, a value or a function.
 */
import type { Bindings } from '../dataweave/bindings.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { SignatureAlgorithm } from '../jose/algorithms.ts';

/** What the steps of a plan read for one request. */
export interface Scope extends Bindings {
  /** The time of minting, in milliseconds since the epoch. */
  readonly now: number;
}

/** A value known for one request. `undefined` means: leave the member out. Failures are thrown as MintError. */
export interface Computed<T extends JsonValue = JsonValue> {
  evaluate(scope: Scope): T | undefined;
}

/**
 * One step in building the header or the claims. Steps run in order; a later step of the same name replaces the value
 * and keeps the first one's position.
 */
export type Step =
  | { readonly kind: 'fixed'; readonly name: string; readonly value: JsonValue }
  | { readonly kind: 'computed'; readonly name: string | Computed<string>; readonly value: Computed }
  /** The time of minting plus `offset`, in whole seconds since the epoch (RFC 7519 NumericDate). */
  | { readonly kind: 'time'; readonly name: string; readonly offset: number };

/** Where a policy's own key stands. A key named in the policy's entry of the configuration replaces it. */
export interface InlineKey {
  readonly kind: 'inline';
  readonly text: SourceText;
}

/** The header that carries the token to the backend. */
export interface Output {
  /** Lower case. */
  readonly header: string;
  /** Written before the token, such as `Bearer `. */
  readonly prefix: string;
}

/** The answer to a caller whose request cannot get its token. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface TokenPlan {
  readonly dialect: string;
  readonly algorithm: SignatureAlgorithm;
  readonly key: InlineKey | undefined;
  readonly header: readonly Step[];
  readonly claims: readonly Step[];
  readonly output: Output;
  /** The vendor's answer to a failure with this code; the caller sees nothing but what this returns. */
  refuse(code: string): Refusal;
}
