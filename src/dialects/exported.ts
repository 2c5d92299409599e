/**
 * @module
 * What a vendor's export says about its policies: the model between the readers of exports, one for each vendor, and
 * `migration/`, which writes a configuration of it.
 *
 * A reader never proposes a value that the gateway might not have had. What is not certain is an `Open`: the
 * configuration then says at that place what to write, and does not load until somebody has written it.
 */
import type { Code } from '../diagnostics/codes.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { RequestRules } from '../plan/request-rules.ts';

/** A file of an export. */
export interface ExportFile {
  /** What problems show. */
  readonly path: string;
  /** Relative to the folder or archive that the user named, with slashes. */
  readonly name: string;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** How a string begins that stands for an `Open` in a configuration. */
export const fillIn = 'FILL IN';

/** A value that is missing in the export, or not certain. */
export class Open {
  /** What to write, as a sentence that may be shown. */
  readonly instead: string;
  /** What is known about it, a line each: where the value may have come from. Also harmless. */
  readonly facts: readonly string[];

  constructor(instead: string, facts: readonly string[] = []) {
    this.instead = instead;
    this.facts = facts;
  }
}

/** A value of the configuration that is written. */
export type Writable =
  | string
  | number
  | boolean
  | null
  | Open
  | readonly Writable[]
  | { readonly [key: string]: Writable };

/** Why a policy is not exact, or what is worth knowing about it. */
export interface Reason {
  /**
   * `cannot`: no configuration makes the policy do here what it did on the gateway; `value`: somebody must decide or
   * look up a value; `note`: the token is the same, and this is worth knowing.
   */
  readonly kind: 'cannot' | 'value' | 'note';
  readonly problem: Problem;
}

export interface ExportedRoute {
  /** Where the export says so. */
  readonly place: Place;
  /** `match` of a route in the configuration. It matches what the gateway matched, or it has an `Open`. */
  readonly match: Readonly<Record<string, Writable>>;
}

/** A key to provide. */
export interface ExportedKey {
  /** For the name of its file, which is made plain and has an extension. */
  readonly name: string;
  readonly kind: 'private' | 'secret' | 'public';
  /** What it signs with, such as `ES256`; undefined if it does not sign, or if the policy does not say. */
  readonly algorithm?: string | undefined;
  /** Where the gateway had it, as a phrase that may be shown: `KVM map keys, entry signing`. */
  readonly origin: string;
  /** Where the entry of the policy names it. A variable is declared in the entry. */
  readonly use: 'key' | 'recipient' | { readonly variable: string };
  /** What the entry says of it in addition to its file, such as `encoding`. */
  readonly settings?: Readonly<Record<string, Writable>>;
}

/** Who sets a variable in the export. */
export interface ExportedSetter {
  /** The kind of policy or action, such as `AssignMessage`. */
  readonly kind: string;
  readonly file: string;
  /** Where it runs; undefined if no flow runs it. */
  readonly flow: string | undefined;
  readonly condition: string | undefined;
}

export interface ExportedVariable {
  readonly name: string;
  /** `known`: the export has the value; `declare`: one place sets it, and the value is not in it; else `ambiguous`. */
  readonly verdict: 'known' | 'declare' | 'ambiguous';
  readonly setters: readonly ExportedSetter[];
  /** Its declaration in the configuration; an `Open` unless it is known. */
  readonly declaration: Writable;
}

/** Who issued the callers' tokens, as a policy of the gateway that verified them says it in plain text. */
export interface CallerIssuer {
  /** The claim `iss`. */
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  /** The URL of the key set. */
  readonly jwks: string | undefined;
}

export interface ExportedPolicy {
  /** The file that becomes the policy's file, unchanged. */
  readonly file: ExportFile;
  readonly place: Place;
  /** As the vendor's tools show it. */
  readonly name: string;
  readonly dialect: 'flex' | 'apigee' | 'datapower';
  /** Which policy of the file it is; undefined if there is only one. */
  readonly select: string | number | undefined;
  readonly reasons: readonly Reason[];
  /** In the order in which they must be tried. */
  readonly routes: readonly ExportedRoute[];
  /** The request header that the token goes to, and what is before it. */
  readonly output: { readonly header: string | Open; readonly prefix: string | Open } | undefined;
  /** The policy's own rules, if its file has some: of the requests of its routes, it is for these. */
  readonly rules?: RequestRules | undefined;
  /** Other keys of the policy's entry: `authentication`, `apigee`, `catalog` and so on, without `allow`. */
  readonly entry: Readonly<Record<string, Writable>>;
  /** Warnings about the file that are meant, since the gateway did the same. Every entry with the file allows them. */
  readonly meant: readonly Code[];
  /**
   * What must be decided and has no key of its own in the entry. A line of `allow` stands for each, so that the
   * configuration does not load before.
   */
  readonly undecided: readonly Open[];
  /** One for each policy of the gateway that verified the tokens of callers. */
  readonly issuers?: readonly CallerIssuer[];
  readonly variables: readonly ExportedVariable[];
  readonly keys: readonly ExportedKey[];
}

/** One proxy, API instance or API of an export. */
export interface ExportedApi {
  /** Its name in the vendor's tools; a heading of the report. */
  readonly name: string;
  readonly policies: readonly ExportedPolicy[];
  /**
   * The requests that the gateway gave to this API, such as those below its base path. Where two APIs take the same
   * request, the one with the narrower match had it, also if none of its policies ran for it: so an API without
   * policies matters too. Undefined if the export does not say.
   */
  readonly takes?: readonly ExportedRoute[];
  /**
   * Whether the narrowest route that matches a request has all policies that ran for it, as the gateway chooses one
   * operation. Policies that ran for the same requests have routes with the same match; what `takes` has in addition
   * got no token. Otherwise every policy ran that has a route for the request.
   */
  readonly isExclusive?: true;
}
