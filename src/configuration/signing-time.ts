/**
 * @module
 * How long services that hold keys may take for the tokens of one request. Envoy has to wait longer.
 */
import type { TokenPlan } from '../plan/token-plan.ts';
import type { Settings } from './configuration-schema.ts';
import { limitsOf } from './keys/outside-places.ts';
import { isOutside, type VersionForm, versionsOf } from './keys-schema.ts';

/** A policy that requests can get. */
export interface SigningPolicy {
  readonly name: string;
  readonly plan: Pick<TokenPlan, 'key'>;
}

interface Inputs {
  readonly settings: Pick<Settings, 'keys'>;
  readonly policies: readonly SigningPolicy[];
  /** The key in the entry of a policy. */
  keyOf(policy: string): string | VersionForm | undefined;
  /** The policies of each route. */
  readonly chains: readonly (readonly string[])[];
}

/** In milliseconds; 0 if no service signs. The policies of a route sign one after the other. */
export function signingTime({ settings, policies, keyOf, chains }: Inputs): number {
  const times = new Map(policies.map(({ name, plan }) => [name, timeOf(keyOf(name) ?? nameIn(plan), settings)]));
  const together = chains.map((chain) => chain.reduce((sum, name) => sum + (times.get(name) ?? 0), 0));
  return [...times.values(), ...together].reduce((most, time) => Math.max(most, time), 0);
}

function nameIn({ key }: SigningPolicy['plan']): string | undefined {
  return key?.kind === 'named' ? key.name : undefined;
}

function timeOf(key: string | VersionForm | undefined, { keys }: Inputs['settings']): number {
  if (key === undefined) return 0;
  return formsOf(key, keys)
    .filter(isOutside)
    .reduce((most, version) => Math.max(most, limitsOf(version).deadline), 0);
}

function formsOf(key: string | VersionForm, keys: Settings['keys']): readonly VersionForm[] {
  if (typeof key !== 'string') return [key];
  const form = Object.hasOwn(keys, key) ? keys[key] : undefined;
  return form === undefined ? [] : versionsOf(form);
}
