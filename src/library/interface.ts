/**
 * @module
 * Everything that a user of the library sees, as types that need no others: the build publishes this file as it is.
 */

/** A number that a double cannot hold is a `JSON.rawJSON` object, which `JSON.stringify` writes with all its digits. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** A `Date`, or a string as `--at` takes it: `2026-01-01T00:00:00Z`, or seconds since the epoch: `1767225600`. */
export type Moment = Date | string;

/** What is wrong with a configuration, a policy, an expression or a request. */
export interface Problem {
  /** Stable, such as `config.unknown-key`; docs/errors.md lists all. */
  readonly code: string;
  /** With an error, nothing can be used. A warning was hardly meant, and a note is worth knowing. */
  readonly severity: 'error' | 'warning' | 'note';
  /** One sentence. No secret or value of a claim is ever part of it. */
  readonly message: string;
  /** What to write instead. */
  readonly suggestion?: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units as editors count. */
  readonly column: number;
  /** All of it for a terminal, as the commands print it: several lines, with the line of the file if it is harmless. */
  readonly text: string;
}

/** Why there is no token or no value. */
export interface Failure {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  /** The claim that failed, or the header parameter. */
  readonly claim?: string | undefined;
  readonly headerParameter?: string | undefined;
  /** Where its expression is. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A request and its caller, as in a request file of the commands. An omitted part is as in an ordinary request. */
export interface RequestInput {
  /** The request as the client sends it. Default: `GET https://localhost/`. */
  readonly request?: SentRequest | undefined;
  /** Who sends it, as Envoy has verified. Default: nobody. */
  readonly caller?: CallerInput | undefined;
  /** The client certificate that Envoy has verified. Default: none. */
  readonly certificate?: CertificateInput | undefined;
  /** Envoy's dynamic metadata, by namespace. */
  readonly metadata?: Readonly<Record<string, JsonObject>> | undefined;
  /** Envoy's attributes by name, such as `source.address`. They win over those that are made of `request`. */
  readonly attributes?: JsonObject | undefined;
  /** Values of variables by name, instead of those of the configuration. */
  readonly variables?: JsonObject | undefined;
}

export interface SentRequest {
  /** Default: GET. */
  readonly method?: string | undefined;
  /** The path with its query. Default: /. */
  readonly path?: string | undefined;
  /** Default: localhost. */
  readonly host?: string | undefined;
  /** By name, in any case; a list for a header that is repeated. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Default: https. */
  readonly scheme?: 'http' | 'https' | undefined;
  /** Default: HTTP/1.1. */
  readonly protocol?: string | undefined;
  /** The client's address with its port. Default: 192.0.2.1:40000. */
  readonly sourceAddress?: string | undefined;
  /** Envoy's address with its port. Default: 192.0.2.2:443. */
  readonly destinationAddress?: string | undefined;
  /** The request's ID in Envoy. Default: none. */
  readonly id?: string | undefined;
  /** Name of Envoy's route. Default: none. */
  readonly routeName?: string | undefined;
  /** The policy that Envoy's route names in its gRPC metadata (`allowRoutePolicy`). Default: none. */
  readonly routePolicy?: string | undefined;
}

export interface CallerInput {
  /** The claims that the source has verified. For a source of headers, the keys of that source. */
  readonly claims: JsonObject;
  /** `from` of one of `authentication.sources`. Default: the first. */
  readonly from?: string | undefined;
}

export interface CertificateInput {
  /** The distinguished name, as Envoy writes it. */
  readonly subject?: string | undefined;
  /** The first URI SAN, such as a SPIFFE ID. */
  readonly uri?: string | undefined;
  /** The first DNS SAN. */
  readonly dns?: string | undefined;
  /** The SHA-256 digest in hexadecimal digits. */
  readonly hash?: string | undefined;
}

export interface LoadOptions {
  /** For variables and keys that come from the environment, such as `process.env`. Default: none. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** The time of loading, for what expires or is not valid yet. Default: now. */
  readonly now?: Moment | undefined;
  /** Whether a key is made for each that is not available; `standInKeys` of the result names them. Default: false. */
  readonly standInKeys?: boolean | undefined;
}

/** A key that was made for one load, since the real one is not available. */
export interface StandIn {
  /** What it is for: to sign, to encrypt, or the pseudonyms of the audit. */
  readonly role: 'key' | 'recipient' | 'audit';
  readonly algorithm: string;
  /** Where the real one is named. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** All of it as a sentence. */
  readonly text: string;
}

export interface ConfigurationOptions extends LoadOptions {
  /** Whether every warning that is not allowed is an error, whatever the configuration says. Default: false. */
  readonly strict?: boolean | undefined;
}

export interface RequestOptions {
  /** The time of the request. Default: now. */
  readonly at?: Moment | undefined;
}

export type ConfigurationResult = LoadedConfiguration | NotLoaded;
export type PolicyResult = LoadedPolicy | NotLoaded;

/** At least one of the problems is an error. */
export interface NotLoaded {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

export interface LoadedConfiguration {
  readonly ok: true;
  /** Warnings and notes. */
  readonly problems: readonly Problem[];
  /** The names of its policies. */
  readonly policies: readonly string[];
  /** Empty without `standInKeys`. */
  readonly standInKeys: readonly StandIn[];
  /** Takes a request its whole way, as behind Envoy: routes, identity, policies, keys. */
  request(request: RequestInput, options?: RequestOptions): Promise<RequestAnswer>;
}

/**
 * `forward`: the request goes on, with the headers in `set` and without those in `remove`. `refuse`: the client gets
 * `refusal`. `untouched`: no route matches, and the request goes on as it is. `unusable`: `problems` say why the
 * request cannot be made as it is written.
 */
export type RequestAnswer = ForwardedRequest | RefusedRequest | UntouchedRequest | UnusableRequest;

interface Answer {
  /** Whether the request goes on, with a token of every policy of its route. */
  readonly ok: boolean;
  /** Of the request as it is written; empty unless it is `unusable`. */
  readonly problems: readonly Problem[];
  /** The route that it takes; undefined if it takes none, or if Envoy's route names the policy. */
  readonly route: TakenRoute | undefined;
  /** The policies of the route, in order. */
  readonly policies: readonly PolicyAnswer[];
}

export interface ForwardedRequest extends Answer {
  readonly outcome: 'forward';
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

export interface RefusedRequest extends Answer {
  readonly ok: false;
  readonly outcome: 'refuse';
  readonly refusal: Refusal;
}

export interface UntouchedRequest extends Answer {
  readonly ok: false;
  readonly outcome: 'untouched';
}

export interface UnusableRequest extends Answer {
  readonly ok: false;
  readonly outcome: 'unusable';
}

export interface TakenRoute {
  /** From 1, in the order of the configuration. */
  readonly number: number;
  readonly name?: string;
}

/** What the client gets. `code` and `message` say why if no policy ran; they are not sent. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly code?: string;
  readonly message?: string;
}

export interface Token {
  /** In compact serialization. */
  readonly token: string;
  /** The protected header. */
  readonly header: JsonObject;
  /** Null if the token is encrypted: only its recipient can read them. */
  readonly claims: JsonObject | null;
  /** The header of the request that carries it, and its value: prefix and token. */
  readonly output: { readonly header: string; readonly value: string };
}

export interface PolicyMinted extends Token {
  readonly policy: string;
  readonly result: 'minted';
}

/** `passed`: the request goes on without the token (`onError: pass`). */
export interface PolicyFailed {
  readonly policy: string;
  readonly result: 'refused' | 'passed';
  readonly error: Failure;
}

/** `disabled` and `outside-rules`: the policy is not for this request. `not-run`: the request was refused before. */
export interface PolicyWithoutToken {
  readonly policy: string;
  readonly result: 'disabled' | 'outside-rules' | 'not-run';
}

export type PolicyAnswer = PolicyMinted | PolicyFailed | PolicyWithoutToken;

/** The text of a policy file. */
export interface PolicyText {
  readonly text: string;
  /** Names it in problems, and its folder is that of the paths in `entry`. Default: `policy`. */
  readonly file?: string | undefined;
}

export interface PolicyOptions extends LoadOptions {
  /** The policy's entry as in `mintproc.yaml`, such as `{ key: { file: 'key.pem' } }`, without `name` and `file`. */
  readonly entry?: JsonObject | undefined;
  /** Path of a `mintproc.yaml`: its variables, keys and settings, and the policy's entry if `entry` is omitted. */
  readonly configuration?: string | undefined;
  /** Keys and secret variables by name, such as `private.key`. They win over declared ones. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
}

export interface LoadedPolicy {
  readonly ok: true;
  /** Warnings and notes. */
  readonly problems: readonly Problem[];
  readonly name: string;
  /** `flex`, `apigee` or `datapower`. */
  readonly dialect: string;
  /** Empty without `standInKeys`. */
  readonly standInKeys: readonly StandIn[];
  /** Mints the token of this policy, whatever routes say. */
  mint(request: RequestInput, options?: RequestOptions): Promise<MintResult>;
}

export type MintResult = Minted | NotMinted;

export interface Minted extends Token {
  readonly ok: true;
}

export interface NotMinted {
  readonly ok: false;
  readonly error: Failure;
  /** Why the request cannot be made as it is written; empty if it can. */
  readonly problems: readonly Problem[];
}

/** The language of an expression: Flex Gateway's, or DataWeave 2.x as Mule runs it. */
export type Profile = 'flex' | 'dataweave';

export type InputName = 'attributes' | 'authentication' | 'payload' | 'vars';

/** What an expression reads, as in `mintproc eval --context`. */
export interface ExpressionInputs {
  readonly attributes?: AttributesInput | undefined;
  readonly authentication?: AuthenticationInput | undefined;
  /** Any JSON. */
  readonly payload?: unknown;
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
}

export interface AttributesInput {
  readonly method?: string | undefined;
  /** Path and query as received; or write `requestPath` and one of the others. */
  readonly requestUri?: string | undefined;
  readonly requestPath?: string | undefined;
  readonly queryString?: string | undefined;
  readonly queryParams?: Readonly<Record<string, string>> | undefined;
  /** By name, or `[name, value]` pairs for headers that are repeated. */
  readonly headers?:
    | Readonly<Record<string, string | readonly string[]>>
    | readonly (readonly [name: string, value: string])[]
    | undefined;
  readonly scheme?: string | undefined;
  readonly version?: string | undefined;
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
}

export interface AuthenticationInput {
  readonly principal?: string | null | undefined;
  readonly clientId?: string | null | undefined;
  readonly clientName?: string | null | undefined;
  readonly properties?: JsonObject | null | undefined;
}

export interface EvaluateOptions {
  /** Default: `flex`, and `dataweave` in `mintproc/dataweave`. */
  readonly profile?: Profile | undefined;
  /** Default: none. */
  readonly inputs?: ExpressionInputs | undefined;
  /** The time of the request, which `now()` gives. Default: now. */
  readonly at?: Moment | undefined;
}

export type EvaluateResult = Evaluated | NotEvaluated;

export interface Evaluated {
  readonly ok: true;
  readonly value: JsonValue;
  /** Warnings. */
  readonly problems: readonly Problem[];
}

export interface NotEvaluated {
  readonly ok: false;
  /** `load`: the expression is wrong. `inputs`: the inputs are. `request`: it has no value for these inputs. */
  readonly stage: 'load' | 'inputs' | 'request';
  readonly error: Failure;
  /** Of the expression. */
  readonly problems: readonly Problem[];
}

export interface CompileOptions {
  /** Default: `dataweave`. */
  readonly profile?: Profile | undefined;
  /** The inputs that are bound for the expression. Default: all four. */
  readonly inputs?: readonly InputName[] | undefined;
}

export type CompileResult = ExpressionProgram | NotLoaded;

export interface ExpressionProgram {
  readonly ok: true;
  /** Warnings. */
  readonly problems: readonly Problem[];
  /** The value, if it is the same for every request. */
  readonly constant: JsonValue | undefined;
  /** The members of the inputs that it names, such as `authentication.principal`. */
  readonly reads: readonly string[];
  /** @param at the time of the request; default: now */
  evaluate(inputs?: ExpressionInputs, at?: Moment): EvaluateResult;
}

/** Whatever an expression or its inputs exceed is refused with a code; nothing is cut off. */
export interface ExpressionLimits {
  /** UTF-16 code units of an expression. */
  readonly expressionLength: number;
  /** Nested parentheses, brackets, calls and `if`. */
  readonly nesting: number;
  /** The height of the syntax tree, for the profile `flex`. */
  readonly treeDepth: number;
  /** UTF-16 code units of a string that an expression creates. */
  readonly stringLength: number;
  /** Items of an array that an expression creates. */
  readonly arrayLength: number;
  /** Elements visited in one evaluation. */
  readonly steps: number;
  /** In addition, for the profile `dataweave`. */
  readonly dataweave: {
    /** Digits of a number on either side of the decimal point. */
    readonly numberDigits: number;
    /** The height of the syntax tree. */
    readonly treeHeight: number;
    /** The depth of function calls. */
    readonly calls: number;
    /** The sum of the heights of all running function bodies. */
    readonly stack: number;
    /** The nesting of arrays and objects, in inputs and in results. */
    readonly dataDepth: number;
    /** UTF-16 code units of a regular expression. */
    readonly regexLength: number;
    /** States of a regular expression. */
    readonly regexStates: number;
  };
}
