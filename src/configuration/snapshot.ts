/**
 * @module
 * One configuration with everything that it names, compiled. A snapshot never changes; a new configuration makes a new one.
 */
import type { DecisionRules } from '../decision/rules.ts';
import type { Settings } from './configuration-schema.ts';
import type { SigningKeys } from './keys/signing-rings.ts';
import type { Outline } from './outline.ts';
import type { CompiledPolicy } from './policy/policy.ts';

export interface Snapshot extends DecisionRules {
  /** Counts the configurations that this process had in force, from 1. */
  readonly version: number;
  readonly settings: Settings;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  /** The keys that sign and those that are published; the next snapshot continues with them. */
  readonly keys: SigningKeys;
  /** The next configuration is compared with it. */
  readonly outline: Outline;
}
