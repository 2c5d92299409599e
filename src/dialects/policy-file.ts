/**
 * @module
 * The interface of a dialect: it recognises a file and reads the policies in it.
 */

import type { JsonValue } from '../diagnostics/json.ts';
import type { Problem, Problems } from '../diagnostics/problem.ts';
import type { Place } from '../diagnostics/source-text.ts';
import type { Steps } from '../diagnostics/steps.ts';
import type { DocumentFile } from '../documents/document-file.ts';
import type { ShapeCodes } from '../documents/shape.ts';
import type { KnownCallers } from '../expressions/caller-objects.ts';
import type { ProfileName } from '../expressions/expression.ts';
import type { MemberRead } from '../expressions/member-reads.ts';
import type { NamedNeed } from '../plan/needs.ts';
import type { Computed, TokenPlan } from '../plan/token-plan.ts';

/** How a policy is read, by its entry in the configuration. */
export interface PolicySettings {
  /** The expression language; dialects without expressions ignore it. */
  readonly expressions?: ProfileName | undefined;
  /** The vendor's product, if its products read a policy differently; dialects without editions ignore it. */
  readonly edition?: 'edge' | 'x' | undefined;
  /** What the sources of the configuration know of a caller; undefined without a configuration. */
  readonly callers?: readonly KnownCallers[] | undefined;
  /** Whether the entry names a key to encrypt to. Default: false. */
  readonly hasRecipient?: boolean;
  /** The catalog of API Connect whose properties count; undefined if none does. */
  readonly catalog?: string | undefined;
  /** Flex Gateway: the base paths of the APIs that the policy applies to; undefined if the entry does not say. */
  readonly basePaths?: readonly string[] | undefined;
  /**
   * Apigee: the policy of the proxy whose variables are the claims of the caller's token. API Connect: the variable
   * that has them.
   */
  readonly verifiedBy?: string | undefined;
  /** The configuration's variables; undefined if a policy is read without a configuration. */
  readonly variables?: DeclaredVariables | undefined;
  /** Keys that the command line gives, by the names of their variables. They win over declared ones. */
  readonly given?: ReadonlyMap<string, string> | undefined;
}

/** Variables that the configuration declares. */
export interface DeclaredVariables {
  /** All declared names, including those of secrets. */
  readonly names: Iterable<string>;
  /** A variable whose value may be shown; undefined if there is no such variable, or if it is a secret. */
  find(name: string): Computed | undefined;
  /**
   * A variable, which may be a secret: only for the identifier of a key, which the vendors' samples read from secret
   * variables and show.
   */
  findForKeyId(name: string): Computed | undefined;
  /** The value of a variable that is the same for every request; undefined for others, and for secrets. */
  constant(name: string): JsonValue | undefined;
}

/** A variable that a policy reads. */
export interface VariableUse {
  readonly name: string;
  readonly place: Place;
  /**
   * `secret`: key material or a password; `key-id`: the identifier of a key; `value`: any other value that is shown.
   */
  readonly use: 'value' | 'key-id' | 'secret';
  /** Where its value comes from, as far as this is known when the policy loads. */
  readonly origin: 'request' | 'declared' | 'unknown';
}

/** The tokens whose claims a policy reads, each by the name of the gateway's policy that read or made it. */
export interface ReadTokens {
  /**
   * Decides which of them is the caller's. For use before the first request, when all policies are read.
   *
   * @param published the names of the policies that set such variables themselves
   */
  settle(published: ReadonlySet<string>): SettledTokens;
}

export interface SettledTokens {
  /** The caller's; undefined if the policy reads no claims of the caller, or if that is uncertain. */
  readonly caller: string | undefined;
  /** A problem for each variable of another token, which nothing sets. */
  readonly others: readonly Problem[];
}

/** One policy of a file; `plan` is undefined if it has errors. */
export interface FoundPolicy {
  /** The names by which a configuration may choose it from the policies of a file. */
  readonly names: readonly string[];
  /** The offset in the file where the policy starts. */
  readonly offset: number;
  readonly plan: TokenPlan | undefined;
  /** The variables that the policy reads; absent if the dialect has no variables. */
  readonly variables?: readonly VariableUse[];
  /** The members of `attributes` and `authentication` that its expressions name; absent without expressions. */
  readonly reads?: readonly MemberRead[];
  /** What the policy needs that Envoy sends only if its filter says so. For use after its tokens are settled. */
  needs(): readonly NamedNeed[];
  /** Absent if the dialect reads no tokens. */
  readonly tokens?: ReadTokens;
  /** The catalogs for which the file has values; absent if the dialect has no catalogs. */
  readonly catalogs?: readonly string[];
  /** The problems of this policy, wherever they are in the file; absent if those inside it are. */
  readonly problems?: readonly Problem[];
  /** What is worth saying only of a policy that is used. */
  readonly whenUsed?: readonly Problem[];
}

export interface Dialect {
  readonly name: string;
  /** What an author may write, as the end of a sentence. */
  readonly example: string;
  /** Whether the text looks like a policy of this dialect. Cheap, and never throws. */
  recognises(text: string): boolean;
  /** Every policy in the file. Problems are reported, not thrown. */
  read(file: DocumentFile, settings: PolicySettings, problems: Problems): Steps<readonly FoundPolicy[]>;
}

/** The codes for mistakes in a policy's values. */
export const policyShapeCodes: ShapeCodes = {
  unknownKey: 'policy.unknown-key',
  missingKey: 'policy.missing-key',
  wrongType: 'policy.wrong-type',
  invalidValue: 'policy.invalid-value',
};
