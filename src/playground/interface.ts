/**
 * @module
 * What the page of the playground and its process say to each other: JSON in the body of `POST /api/NAME`, where NAME
 * is a member of `Calls`, with `content-type: application/json`. The page imports only these types.
 *
 * The first URL has a key in its fragment. The page calls `enter` with it, whose answer sets a cookie, and removes the
 * fragment. All other calls need the cookie: without it they have status 403, and the message says what to do. The
 * nonce for styles is the content of `<meta name="nonce">`; the page is drawn into `<div id="page">`.
 *
 * A workspace is a few files, the same as on disk: a `mintproc.yaml` and the policies that it names. A case is a
 * request and its caller in the form of a case of `mintproc test`. One run is: load the files as `serve` does, let the
 * request go through routes, identity, policies and keys, verify the token as its recipient would.
 */
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';

/** Body and answer of each call. A call that cannot be taken is answered with status 4xx and `CallError`. */
export interface Calls {
  /** The only call without the cookie, which its answer sets. */
  readonly enter: { readonly body: EnterBody; readonly answer: object };
  /** Once, when the page starts. */
  readonly open: { readonly body: object; readonly answer: Opened };
  /** After each change. */
  readonly run: { readonly body: RunBody; readonly answer: RunAnswer };
  readonly evaluate: { readonly body: EvaluateBody; readonly answer: EvaluateAnswer };
  /** Writes a file of the opened folder. */
  readonly save: { readonly body: SaveBody; readonly answer: SaveAnswer };
}

export interface EnterBody {
  /** The fragment of the first URL, without `#`. */
  readonly key: string;
}

export interface CallError {
  /** One sentence for the user, and what to do. */
  readonly message: string;
}

export type Dialect = 'flex' | 'apigee' | 'datapower';
export type ProfileName = 'flex' | 'dataweave';

export interface Opened {
  readonly version: string;
  /** The opened configuration; absent without `--config`. */
  readonly folder?: Folder;
  /** At least one for each dialect, and one expression for each profile. */
  readonly examples: readonly Example[];
  readonly presets: readonly Preset[];
  readonly language: LanguageTables;
}

export interface WorkspaceFile {
  /** Relative to the folder, with `/`. */
  readonly name: string;
  readonly text: string;
}

export interface Folder {
  /** As the user gave it. */
  readonly path: string;
  readonly files: readonly FolderFile[];
  /** Policies by name, for the switcher: the file of each, and where its entry is. */
  readonly policies: readonly FolderPolicy[];
  /** Cases of the folder's `*.test.yaml`, each as the text of one case without `expect`. */
  readonly cases: readonly { readonly name: string; readonly text: string }[];
  /** Whether the real keys sign (`--with-keys`). */
  readonly hasKeys: boolean;
}

export interface FolderFile extends WorkspaceFile {
  readonly kind: FileKind;
  /** Identifies what was read, so that a change by somebody else is not overwritten. */
  readonly version: string;
}

export interface FolderPolicy {
  readonly name: string;
  readonly dialect: Dialect;
  readonly file: string;
}

/** What a file is, for its highlighting and completion. */
export type FileKind = 'configuration' | Dialect;

export type Example =
  | {
      readonly kind: 'workspace';
      readonly name: string;
      readonly title: string;
      readonly dialect: Dialect;
      /** The first is the policy, which is shown first. */
      readonly files: readonly (WorkspaceFile & { readonly kind: FileKind })[];
      readonly case: string;
    }
  | {
      readonly kind: 'expression';
      readonly name: string;
      readonly title: string;
      readonly profile: ProfileName;
      readonly expression: string;
      /** `{attributes, authentication, vars, payload}` as YAML. */
      readonly context: string;
    };

/** A caller to choose: anonymous, a partner, an employee with roles, a client certificate. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  /** What it replaces in a case: `caller`, `certificate` (null removes it). */
  readonly members: { readonly caller: JsonValue; readonly certificate: JsonValue };
}

export interface RunBody {
  /** Files in place of those of the folder; without a folder, all files. */
  readonly files: readonly WorkspaceFile[];
  /** Whether the rest is read from the opened folder. */
  readonly isFolder: boolean;
  /** The text of the case, as YAML. */
  readonly case: string;
}

export interface RunAnswer {
  readonly problems: readonly ShownProblem[];
  /** How many more there are than can be shown; absent for none. */
  readonly hiddenProblems?: number;
  /** Keys that were made for this run: a sentence for each. */
  readonly madeKeys: readonly string[];
  /** The case as it was read, for the form; absent if it has an error. */
  readonly form?: CaseForm;
  /** Absent if the configuration or the case has an error. */
  readonly outcome?: Outcome;
}

/** A member of the case that the form shows; the rest stays in the YAML. */
export interface CaseForm {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The claims of the caller; absent for nobody. */
  readonly claims?: JsonObject;
  readonly from?: string;
  readonly certificate?: JsonObject;
  /** RFC 3339; absent for now. */
  readonly at?: string;
}

export interface Outcome {
  readonly kind: 'forward' | 'untouched' | 'refuse';
  /** A sentence on what happens to the request. */
  readonly sentence: string;
  /** As the client gets it. */
  readonly refusal?: Refusal;
  /** Each route up to the one that was taken, and why it does not match. */
  readonly routes: readonly ShownRoute[];
  readonly policies: readonly ShownPolicy[];
  /** The same request for curl, against `http://localhost:10000`; in POSIX shell quotes. */
  readonly curl: string;
  /** A whole `*.test.yaml` that expects what happened, with a relative `config`. */
  readonly testCase: string;
  /** Milliseconds since the epoch that the request had. */
  readonly at: number;
}

export interface Refusal {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly code?: string;
  /** What `mintproc help CODE` prints. */
  readonly help?: string;
}

export interface ShownRoute {
  /** The name of the entry, or its number. */
  readonly name: string;
  readonly isTaken: boolean;
  readonly why: string;
  readonly range?: TextRange;
}

export interface ShownPolicy {
  readonly name: string;
  readonly dialect: Dialect;
  readonly result: 'minted' | 'refused' | 'passed' | 'disabled' | 'outside-rules' | 'not-run';
  /** Why there is no token. */
  readonly why?: string;
  readonly code?: string;
  readonly help?: string;
  readonly token?: ShownToken;
}

export interface ShownToken {
  readonly text: string;
  /** The request header that carries it. */
  readonly output: { readonly header: string; readonly prefix: string };
  readonly header: readonly ShownMember[];
  /** Of the signed token inside an encrypted one. */
  readonly enclosedHeader?: readonly ShownMember[];
  readonly claims: readonly ShownMember[];
  readonly verification: { readonly isValid: boolean; readonly checks: readonly ShownCheck[] };
  readonly size: TokenSize;
  /** How tokens of this policy are reused, in words. */
  readonly reuse: string;
}

export interface ShownCheck {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'note';
  readonly message: string;
}

export interface TokenSize {
  readonly tokenBytes: number;
  /** Name, `: ` and value, as HTTP/1.1 sends it. */
  readonly headerBytes: number;
  /** What usual servers take, from the smallest up. */
  readonly limits: readonly { readonly server: string; readonly bytes: number; readonly isExceeded: boolean }[];
}

export interface ShownMember {
  /** Null if the request gives the name, and it is not known. */
  readonly name: string | null;
  /** JSON text with all digits of numbers; of a value too long to show, a string that says so. Absent for none. */
  readonly json?: string;
  readonly type?: string;
  /** How it is computed, in words. */
  readonly comes: string;
  /** What the policy has there. */
  readonly expression?: string;
  readonly range?: TextRange;
  /** What the expression read; a value that the request lacks is absent. */
  readonly reads: readonly { readonly input: string; readonly json?: string }[];
  readonly error?: { readonly code: string; readonly message: string };
}

/** A part of a file. Lines and columns count from 1, columns in UTF-16 units. */
export interface TextRange {
  readonly file: string;
  readonly from: Position;
  readonly to: Position;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ShownProblem {
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: string;
  readonly message: string;
  /** What to write instead. */
  readonly suggestion?: string;
  /** The name of a file of the workspace, or `case`, `expression`, `context`. */
  readonly range: TextRange;
  /** What `mintproc help CODE` prints. */
  readonly help: string;
}

export interface EvaluateBody {
  readonly profile: ProfileName;
  readonly expression: string;
  /** YAML. */
  readonly context: string;
}

export interface EvaluateAnswer {
  readonly problems: readonly ShownProblem[];
  /** JSON text, indented; absent after an error. */
  readonly json?: string;
  readonly type?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly help: string };
}

export interface SaveBody {
  /** A file of the folder. */
  readonly name: string;
  readonly text: string;
  /** Of what the page has read. */
  readonly version: string;
}

export type SaveAnswer =
  | { readonly ok: true; readonly version: string }
  /** `conflict`: somebody else has changed the file; nothing was written. */
  | { readonly ok: false; readonly reason: 'conflict' | 'failed'; readonly message: string };

/** What completion and hover know, from the tables that the code runs. */
export interface LanguageTables {
  readonly profiles: Readonly<Record<ProfileName, ExpressionTables>>;
  /** Keys of YAML files, elements and attributes of XML. */
  readonly files: Readonly<Record<FileKind, readonly KeyWord[]>>;
  /** Flow variables of Apigee's templates, context variables of API Connect. */
  readonly variables: Readonly<Record<'apigee' | 'datapower', readonly Word[]>>;
}

export interface ExpressionTables {
  readonly functions: readonly FunctionWord[];
  /** `attributes.headers`, `authentication.principal`. */
  readonly members: readonly Word[];
  readonly keywords: readonly Word[];
}

export interface Word {
  readonly name: string;
  /** Plain text, a sentence or two. */
  readonly documentation: string;
}

export interface FunctionWord extends Word {
  readonly signature: string;
  readonly example?: { readonly expression: string; readonly value: string };
}

/** `name` is the key or element; an attribute of XML has `@` before it. */
export interface KeyWord extends Word {
  /**
   * Where it may stand, without its own name: names with `.`, `[]` for items of a list, `*` for any name, `**` at the
   * beginning for any path; the path of elements with `/` for XML.
   */
  readonly path: string;
  /** Values, if they are a few words. */
  readonly values: readonly string[];
}
