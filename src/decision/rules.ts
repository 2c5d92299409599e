/**
 * @module
 * What a decision is made by: routes, identity and policies, compiled. The configuration makes them (`configuration/load.ts`).
 */
import type { Identify } from '../identity/caller-sources.ts';
import type { Auditing, Witness } from '../mint/audit.ts';
import type { HeaderValues } from '../mint/header-values.ts';
import type { MintedRecord } from '../mint/mint-record.ts';
import type { Minter } from '../mint/minter.ts';
import type { Output, TokenPlan } from '../plan/token-plan.ts';
import type { FindLookalikes } from '../request/lookalikes.ts';
import type { Router } from '../routing/router.ts';

/** A policy that can run. */
export interface RunnablePolicy {
  readonly name: string;
  readonly plan: TokenPlan;
  readonly minter: Minter;
  readonly output: Output;
  /** Makes the values of the header of `output`. */
  readonly values: HeaderValues;
  readonly minted: MintedRecord;
  readonly onError: 'deny' | 'pass';
  /** Sees how the tokens are made; undefined if they leave no line in the audit. */
  readonly witness: Witness | undefined;
}

/** What the policies of one route do to a request. */
export interface Chain {
  /** Whether a request whose caller is unknown is refused. */
  readonly requiresCaller: boolean;
  /** In the order in which they run; each writes its own header. */
  readonly policies: readonly RunnablePolicy[];
  /** The headers that a backend may mistake for those that the policies write. */
  readonly lookalikes: FindLookalikes;
}

/** The destination of a route that denies its requests. */
export const denied: unique symbol = Symbol('denied');

/** The settings that a decision reads. */
export interface DecisionSettings {
  readonly unmatched: 'pass' | 'deny';
  readonly publishVariables: boolean;
  /** `tokenBytes`: the maximum length of a header value, prefix and token. */
  readonly limits: { readonly tokenBytes: number };
}

export interface DecisionRules {
  readonly settings: DecisionSettings;
  readonly route: Router<Chain | typeof denied>;
  /** The policies that Envoy's route may name; undefined if it may name none. */
  readonly named: ReadonlyMap<string, Chain> | undefined;
  readonly identify: Identify;
  /** Undefined if no token leaves a line in the audit. */
  readonly audit: Auditing | undefined;
}
