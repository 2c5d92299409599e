/**
 * @module
 * A compiled configuration with everything that it names. A snapshot never changes; a new configuration makes a new
 * one.
 */
import type { DecisionRules } from '../decision/rules.ts';
import type { EnvoyReads } from '../request/envoy-reads.ts';
import type { WatchedRead } from '../request/watched-reads.ts';
import type { ConfigurationDigests } from './configuration-digests.ts';
import type { Settings } from './configuration-schema.ts';
import type { SigningKeys } from './keys/key-rings.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';

export interface Snapshot extends DecisionRules {
  /** The number of configurations that this process has put in force, from 1. */
  readonly version: number;
  readonly settings: Settings;
  /** One of each policy, by name. */
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  /** The same policies as they were compiled for routes with variables of their own. */
  readonly variants: readonly CompiledPolicy[];
  /** What is read of what Envoy sends only if its filter says so. */
  readonly reads: EnvoyReads;
  /** The reads whose absence in requests is noticed. */
  readonly watchedReads: readonly WatchedRead[];
  /** The keys that sign and the keys that are published; the next snapshot continues from them. */
  readonly keys: SigningKeys;
  /** Compared with those of the next configuration. */
  readonly digests: ConfigurationDigests;
}
