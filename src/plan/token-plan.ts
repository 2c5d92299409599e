/**
 * @module
 * What a token should be: the one form that every dialect's policy becomes.
 *
 * A plan is data and closures, made when a policy loads. It holds no vendor's words: a vendor's rule (an omitted
 * claim, an order of members, a refusal's body) is expressed here as a step, a value or a function.
 */

import type { Code } from '../diagnostics/codes.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { Place, SourceText } from '../diagnostics/source-text.ts';
import type { Bindings } from '../expressions/bindings.ts';
import type { ContentEncryption } from '../jose/content-encryption.ts';
import type { KeyManagement, PasswordOptions } from '../jose/key-management.ts';
import type { SignatureAlgorithm } from '../jose/signature-algorithms.ts';
import type { ProxiedRequest } from '../request/incoming-request.ts';

/** What the steps of a plan read for one request. */
export interface Scope extends Bindings {
  /** The time of minting, in milliseconds since the epoch. */
  readonly now: number;
  /** The request as the proxy described it, for what `attributes` leaves out. */
  readonly request: ProxiedRequest;
  /** What policies before this one published for this request, the latest first. */
  readonly published: readonly Published[];
  /** Values that are computed at most once for a request, by what computes them. */
  readonly memo: Map<object, JsonValue | undefined>;
}

/** Variables that a policy sets once its token is minted. */
export interface Published {
  /** The variable's value; undefined where this policy does not set it. */
  read(name: string): JsonValue | undefined;
  /** All of them, made when asked for. */
  all(): JsonObject;
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
  | {
      readonly kind: 'computed';
      readonly name: string | Computed<string>;
      readonly value: Computed;
      /** Where the policy says what the value is: a refusal's log line names it. */
      readonly place: Place;
    }
  /** Each member of an object becomes a member. */
  | { readonly kind: 'members'; readonly value: Computed<JsonObject>; readonly place: Place }
  /** The time of minting plus `offset`, in whole seconds since the epoch (RFC 7519 NumericDate). */
  | { readonly kind: 'time'; readonly name: string; readonly offset: number };

/** A step of a protected header: the identifier of the key that is in use, where the key has one, is a parameter too. */
export type HeaderStep = Step | { readonly kind: 'key-id' };

/** How the members of an object are written, where that is not in the order of the steps and as JSON.stringify does. */
export interface Layout {
  /** The names of the members that there are, in the order in which they are written. */
  arrange(names: readonly string[]): readonly string[];
  /** Rewrites the text of members without changing what it means. */
  escape(json: string): string;
}

/** Where a policy's own key stands. A key named in the policy's entry of the configuration replaces it. */
export interface InlineKey {
  readonly kind: 'inline';
  readonly text: SourceText;
}

/** A secret variable that holds the key. A key named in the policy's entry of the configuration replaces it. */
export interface VariableKey {
  readonly kind: 'variable';
  readonly name: string;
  /** How the variable's text stands for the bytes of a secret; a private key is PEM. */
  readonly encoding: 'utf8' | 'hex' | 'base64' | 'base64url';
  /** The variable with the password of an encrypted private key. */
  readonly password: string | undefined;
  /** Where the policy names the variable. */
  readonly place: SourceText;
}

/**
 * A key that the policy calls by a name: one of the configuration's `keys`, else what the policy's own file has under
 * that name. A key named in the policy's entry of the configuration replaces it.
 */
export interface NamedKey {
  readonly kind: 'named';
  readonly name: string;
  readonly place: SourceText;
  /** What the gateway has under the name. */
  readonly holds: 'jwk' | 'key';
  readonly own: TextKey | undefined;
}

/** The text of a key: PEM, a certificate, a JWK, or the secret itself. */
export interface TextKey {
  readonly kind: 'text';
  readonly text: string;
  /** Whether the text can be nothing but a JWK. */
  readonly isJwk?: boolean;
  /** Where the policy has or names it. */
  readonly place: SourceText;
  /** Which key is meant where the text is a set of them. */
  readonly kid?: string;
}

export type KeySource = InlineKey | VariableKey | NamedKey | TextKey;

/** How a token is encrypted, in JWE compact serialisation. */
export interface Encryption {
  readonly management: KeyManagement;
  readonly content: ContentEncryption;
  readonly key: KeySource | undefined;
  /** The protected header but for what the key management adds. */
  readonly header: readonly HeaderStep[];
  /** What is encrypted: the claims, the signed token, or an unsecured token (RFC 7519 section 6). */
  readonly encloses: 'claims' | 'signed' | 'unsecured';
  readonly compress?: boolean;
  readonly password?: PasswordOptions;
}

/** The header that carries the token to the backend. */
export interface Output {
  /** Lower case. */
  readonly header: string;
  /** Written before the token, such as `Bearer `. */
  readonly prefix: string;
  /** The prefix where the policy's entry names another header and no prefix. Default: the same. */
  readonly prefixElsewhere?: string;
  /** The variable that the vendor's gateway writes to and does not send by itself; then the header is not the vendor's. */
  readonly variable?: SourceText;
}

/** The answer to a caller whose request cannot get its token. */
export interface Refusal {
  /** The vendor's name for the failure, one of a closed set: a metric label. */
  readonly fault?: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface TokenPlan {
  readonly dialect: string;
  /** Undefined where the token is encrypted without a signature. */
  readonly algorithm: SignatureAlgorithm | undefined;
  /** The key that signs. */
  readonly key: KeySource | undefined;
  /** The header of the signed token; of an encrypted one it is in `encryption`. */
  readonly header: readonly HeaderStep[];
  readonly claims: readonly Step[];
  /** What is encrypted is said there; without it the token is signed. */
  readonly encryption?: Encryption;
  /** `header` holds for both headers of an encrypted token. */
  readonly layout?: { readonly header: Layout; readonly claims: Layout };
  readonly output: Output;
  /** What becomes of a request without a token, where the policy's entry does not say. Default: deny. */
  readonly onError?: 'deny' | 'pass';
  /** The vendor computes with doubles, so that a number whose digits may be lost goes into the token all the same. */
  readonly takesInexact?: true;
  /** The policy is switched off: no token is made, and the client's own copy of its header is removed all the same. */
  readonly disabled?: true;
  /** What is an error of a key for this vendor though it is none for others, with the vendor's name for it. */
  readonly keyErrors?: Readonly<Partial<Record<Code, string>>>;
  /**
   * The vendor's answer to a failure; the caller sees nothing but what this returns.
   *
   * @param subject the name of the variable or claim that failed, never its value
   */
  refuse(code: string, subject?: string): Refusal;
  /**
   * The variables that policies after this one can read.
   *
   * @param token undefined where none was minted
   * @param failure why none was
   */
  publish?(token: string | undefined, scope: Scope, failure?: { readonly message: string }): Published;
}
