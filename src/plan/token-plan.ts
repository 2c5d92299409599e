/**
 * @module
 * The plan of a token: the common form of the policies of all dialects.
 *
 * A plan consists of data and closures, created when a policy loads. It has no vendor's terms: a vendor's rule (an
 * omitted claim, an order of members, the body of a refusal) is a step, a value or a function here.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { RuleCode } from '../diagnostics/rules.ts';
import type { Place, SourceText } from '../diagnostics/source-text.ts';
import type { Bindings } from '../expressions/bindings.ts';
import type { ContentEncryption } from '../jose/content-encryption.ts';
import type { KeyManagement, PasswordOptions } from '../jose/key-management.ts';
import type { SignatureAlgorithm } from '../jose/signature-algorithms.ts';
import type { ProxiedRequest } from '../request/incoming-request.ts';
import type { Needing } from './needs.ts';
import type { RequestRules } from './request-rules.ts';

/** The input of the steps of a plan, for one request. */
export interface Scope extends Bindings {
  /** The time of minting, in milliseconds since the epoch. */
  readonly now: number;
  /** The request as the proxy described it, for everything that is not in `attributes`. */
  readonly request: ProxiedRequest;
  /** The variables that earlier policies published for this request, latest policy first. */
  readonly published: readonly Published[];
  /** Values that are computed at most once per request, by the object that computes them. */
  readonly memo: Map<object, JsonValue | undefined>;
}

/** The variables that a policy sets after it has minted its token. */
export interface Published {
  /** The variable's value; undefined if this policy does not set it. */
  read(name: string): JsonValue | undefined;
  /** All variables. The object is created when this is called. */
  all(): JsonObject;
}

/**
 * A value that is computed for each request, and what it needs of one. `undefined` omits the member. A failure is
 * thrown as a MintError.
 */
export interface Computed<T extends JsonValue = JsonValue> extends Needing {
  evaluate(scope: Scope): T | undefined;
}

/**
 * One step that builds the header or the claims. Steps run in order. A later step with the same name replaces the value
 * and keeps the position of the first.
 */
export type Step =
  | {
      readonly kind: 'fixed';
      readonly name: string;
      readonly value: JsonValue;
      /** Where the policy defines the value, for explanations; undefined if it does not write it. */
      readonly place?: Place | undefined;
    }
  | {
      readonly kind: 'computed';
      readonly name: string | Computed<string>;
      readonly value: Computed;
      /** Where the policy defines the value: the log line of a refusal names it. */
      readonly place: Place;
    }
  /** Adds each member of an object. */
  | { readonly kind: 'members'; readonly value: Computed<JsonObject>; readonly place: Place }
  /** The time of minting plus `offset`, in whole seconds since the epoch (RFC 7519 NumericDate). */
  | {
      readonly kind: 'time';
      readonly name: string;
      readonly offset: number;
      /** As of `fixed`. */
      readonly place?: Place | undefined;
    };

/**
 * A step of a protected header. `key-id` adds the identifier of the key in use, if the key has one; `public-key` adds
 * `jwk`, its public half.
 */
export type HeaderStep = Step | { readonly kind: 'key-id' } | { readonly kind: 'public-key' };

/** How the members of an object are serialised, if not in the order of the steps and as JSON.stringify does. */
export interface Layout {
  /** The names of the present members, in the order in which they are serialised. */
  arrange(names: readonly string[]): readonly string[];
  /** Rewrites the JSON text of the members without changing their values. */
  escape(json: string): string;
}

/** A key in the policy itself. A key named in the policy's entry of the configuration replaces it. */
export interface InlineKey {
  readonly kind: 'inline';
  readonly text: SourceText;
  /** Why the text cannot be the key: it only stands for one. The key of an entry may still replace it. */
  readonly unusable?: { readonly message: string; readonly suggestion: string };
}

/** A secret variable that holds the key. A key named in the policy's entry of the configuration replaces it. */
export interface VariableKey {
  readonly kind: 'variable';
  readonly name: string;
  /** The encoding of a secret in the variable. A private key is PEM. */
  readonly encoding: 'utf8' | 'hex' | 'base64' | 'base64url';
  /** The variable with the password of an encrypted private key. */
  readonly password: string | undefined;
  /** Where the policy names the variable. */
  readonly place: SourceText;
}

/**
 * A key that the policy refers to by name: one of the configuration's `keys`, or else the key of that name in the
 * policy's own file. A key named in the policy's entry of the configuration replaces it.
 */
export interface NamedKey {
  readonly kind: 'named';
  readonly name: string;
  readonly place: SourceText;
  /** The kind of object that the gateway has under the name. */
  readonly holds: 'jwk' | 'key';
  readonly own: TextKey | undefined;
  /** Why the policy's own file has no key under the name that can be used; undefined if it has none at all. */
  readonly unusable?: UnusableKey | undefined;
}

export interface UnusableKey {
  readonly code: Code;
  /** As a sentence. */
  readonly message: string;
}

/** The text of a key: PEM, a certificate, a JWK, or the secret itself. */
export interface TextKey {
  readonly kind: 'text';
  readonly text: string;
  /** Whether the text must be a JWK. */
  readonly isJwk?: boolean;
  /** Where the policy contains or names the key. */
  readonly place: SourceText;
  /** The key to use if the text is a JWK set. */
  readonly kid?: string;
}

export type KeySource = InlineKey | VariableKey | NamedKey | TextKey;

/** The encryption of a token, in JWE compact serialisation. */
export interface Encryption {
  readonly management: KeyManagement;
  readonly content: ContentEncryption;
  readonly key: KeySource | undefined;
  /** The protected header, without the parameters that the key management adds. */
  readonly header: readonly HeaderStep[];
  /** The plaintext: the claims, the signed token, or an unsecured token (RFC 7519 section 6). */
  readonly encloses: 'claims' | 'signed' | 'unsecured';
  readonly compress?: boolean;
  readonly password?: PasswordOptions;
}

/** The header that carries the token to the backend. */
export interface Output {
  /** The header name in lower case. */
  readonly header: string;
  /** The text before the token, such as `Bearer `. */
  readonly prefix: string;
  /** The prefix if the policy's entry names another header and no prefix. Default: `prefix`. */
  readonly prefixElsewhere?: string;
  /** The variable that the vendor's gateway sets. The gateway does not send it, so `header` is our choice. */
  readonly variable?: SourceText;
  /** Where the policy or its entry names the header, for explanations; undefined for the vendor's default. */
  readonly place?: Place | undefined;
  /** Where the entry has the prefix; undefined if it has none. */
  readonly prefixPlace?: Place | undefined;
}

/** The response to a request that cannot get its token. */
export interface Refusal {
  /** The vendor's name of the failure, from a closed set. It is a metric label. */
  readonly fault?: string;
  readonly status: number;
  readonly contentType: string;
  /** Headers in addition to `content-type`. They never have a value of the request. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface TokenPlan {
  readonly dialect: string;
  /** Undefined if the token is encrypted without a signature. */
  readonly algorithm: SignatureAlgorithm | undefined;
  /** The key that signs. */
  readonly key: KeySource | undefined;
  /** The header of the signed token. The header of an encrypted token is in `encryption`. */
  readonly header: readonly HeaderStep[];
  readonly claims: readonly Step[];
  /** Without it, the token is signed and not encrypted. */
  readonly encryption?: Encryption;
  /** `header` applies to both headers of an encrypted token. */
  readonly layout?: { readonly header: Layout; readonly claims: Layout };
  readonly output: Output;
  /** What happens to a request without a token, unless the policy's entry says otherwise. Default: deny. */
  readonly onError?: 'deny' | 'pass';
  /** The vendor computes with doubles, so a number that may have lost digits is accepted in a token. */
  readonly takesInexact?: true;
  /** The policy is disabled: it mints no token, but the client's own copy of its header is still removed. */
  readonly disabled?: true;
  /** The requests that the policy is for; absent if it is for every request of its route. */
  readonly rules?: RequestRules;
  /** The vendor signs with a JWK whose `alg` is another signature algorithm: the code of the warning. */
  readonly otherKeyAlgorithm?: RuleCode;
  /** Conditions of a key that are errors for this vendor only, with the vendor's name of each. */
  readonly keyErrors?: Readonly<Partial<Record<Code, string>>>;
  /**
   * The vendor's response to a failure. The caller sees nothing else.
   *
   * @param subject the name of the variable or claim that failed, never its value
   */
  refuse(code: string, subject?: string): Refusal;
  /**
   * The variables that later policies can read.
   *
   * @param token undefined if no token was minted
   * @param failure why no token was minted
   */
  publish?(token: string | undefined, scope: Scope, failure?: { readonly message: string }): Published;
}
