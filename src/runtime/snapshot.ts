/**
 * @module
 * One configuration with everything it names, compiled. A snapshot never changes; another configuration makes another.
 */
import type { Auditing } from '../mint/audit.ts';
import type { Identify } from './caller-sources.ts';
import type { Settings } from './configuration-schema.ts';
import type { FindLookalikes } from './lookalikes.ts';
import type { Outline } from './outline.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Router } from './router.ts';
import type { SigningKeys } from './signing-rings.ts';

/** What the policies of one route do to a request. */
export interface Chain {
  /** Whether a request whose caller is unknown is refused. */
  readonly requiresCaller: boolean;
  /** In the order in which they run; each writes a header of its own. */
  readonly policies: readonly CompiledPolicy[];
  /** What a backend may take for the headers that they write. */
  readonly lookalikes: FindLookalikes;
}

/** Where a route leads that denies its requests. */
export const denied: unique symbol = Symbol('denied');

export interface Snapshot {
  /** Counts the configurations that this process had in force, from 1. */
  readonly version: number;
  readonly settings: Settings;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  /** The keys that sign and those that are published, carried on by the next snapshot. */
  readonly keys: SigningKeys;
  readonly route: Router<Chain | typeof denied>;
  /** The policies that Envoy's route may name; undefined where it may name none. */
  readonly named: ReadonlyMap<string, Chain> | undefined;
  readonly identify: Identify;
  /** With which the next configuration is compared. */
  readonly outline: Outline;
  /** Undefined where no token leaves a line in the audit. */
  readonly audit: Auditing | undefined;
}
