/**
 * @module
 * The inputs of decisions: compiled routes, identity and policies. `configuration/load.ts` creates them.
 */
import type { CallerKind } from '../expressions/caller-objects.ts';
import type { Identify } from '../identity/caller-sources.ts';
import type { Auditing, Witness } from '../mint/audit.ts';
import type { HeaderValues } from '../mint/header-values.ts';
import type { KeyUse } from '../mint/key-use.ts';
import type { MintedRecord } from '../mint/mint-record.ts';
import type { Minter } from '../mint/minter.ts';
import type { LastGiven } from '../mint/reuse.ts';
import type { Output, TokenPlan } from '../plan/token-plan.ts';
import type { KeyCaller } from '../request/envoy-reuse.ts';
import type { FindLookalikes } from '../request/lookalikes.ts';
import type { WatchedRead } from '../request/watched-reads.ts';
import type { Router } from '../routing/router.ts';
import type { IsFor } from './request-rules.ts';

/** A policy that can run. */
export interface RunnablePolicy {
  readonly name: string;
  readonly plan: TokenPlan;
  readonly minter: Minter;
  readonly output: Output;
  /** Creates the values of the header of `output`. */
  readonly values: HeaderValues;
  readonly minted: MintedRecord;
  readonly keyUse: KeyUse;
  readonly last: LastGiven;
  /** For how long Envoy may keep a token, in milliseconds; 0: not at all. */
  readonly inEnvoy: number;
  readonly onError: 'deny' | 'pass';
  /** The object that `authentication` is for this policy; undefined: what the caller's source says. */
  readonly as: CallerKind | undefined;
  /** Undefined if the policy is for every request of its route. */
  readonly isFor: IsFor | undefined;
  /** Records how tokens are minted; undefined if they are not audited. */
  readonly witness: Witness | undefined;
}

/** The policies of a route. */
export interface Chain {
  /** Whether a request whose caller is unknown is refused. */
  readonly requiresCaller: boolean;
  /** In the order in which they run. Each writes a different header. */
  readonly policies: readonly RunnablePolicy[];
  /** What the policies read of what Envoy sends only if its filter says so. */
  readonly watched: readonly WatchedRead[];
  /** Finds headers that a backend may mistake for those that the policies write. */
  readonly lookalikes: FindLookalikes;
}

/** The route of a request. */
export interface Routed<Destination> {
  readonly destination: Destination;
  /** Undefined if Envoy's route names the policy. */
  readonly name?: string | undefined;
}

/** The destination of a route with `deny: true`. */
export const denied: unique symbol = Symbol('denied');

/** The settings that a decision reads. */
export interface DecisionSettings {
  readonly unmatched: 'pass' | 'deny';
  readonly publishVariables: boolean;
  /** `tokenBytes`: the maximum size of a header value, prefix included. */
  readonly limits: { readonly tokenBytes: number };
}

/** What Envoy may keep, of the configuration in force. */
export interface EnvoyReuse {
  /** Of the form of the key under which Envoy keeps a token. */
  readonly digest: string;
  readonly caller: KeyCaller;
  /** The names of the policies whose tokens may be kept. */
  readonly policies: ReadonlySet<string>;
  /** Differs between configurations, and between the same configuration with different keys. */
  readonly generation: string;
}

export interface DecisionRules {
  readonly settings: DecisionSettings;
  readonly route: Router<Routed<Chain | typeof denied>>;
  /** The policies that Envoy's route may name; undefined if `allowRoutePolicy` is not set. */
  readonly named: ReadonlyMap<string, Chain> | undefined;
  readonly identify: Identify;
  /** What chooses a route, of what Envoy sends only if its filter says so. */
  readonly watched: readonly WatchedRead[];
  /** Undefined if no token is audited. */
  readonly audit: Auditing | undefined;
  /** Undefined if Envoy may keep no token. */
  readonly envoyReuse: EnvoyReuse | undefined;
}
