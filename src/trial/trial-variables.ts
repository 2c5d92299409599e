/**
 * @module
 * The variables that a request gives, without those that hold keys: a key never becomes a claim.
 */
import { secretNames } from '../configuration/keys/own-key.ts';
import type { Snapshot } from '../configuration/snapshot.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import type { TokenPlan } from '../plan/token-plan.ts';
import type { TriedRequest } from './run-trial.ts';

/** The variables without those that hold the keys of the plan, under whatever name. */
export function withoutKeys(
  variables: ReadonlyMap<string, JsonValue>,
  { key, encryption }: TokenPlan,
): ReadonlyMap<string, JsonValue> {
  const names = new Set([key, encryption?.key].flatMap(secretNames));
  if (names.size === 0) return variables;
  const texts = new Set(Array.from(names, (name) => textOf(variables.get(name))));
  return new Map([...variables].filter(([name, value]) => !names.has(name) && !texts.has(textOf(value))));
}

/** The request without the variables that hold keys of any policy of the configuration. */
export function withoutKeysOf<T extends TriedRequest>({ policies, variants }: Snapshot, tried: T): T {
  if (tried.variables.size === 0) return tried;
  const plans = [...policies.values(), ...variants].map(({ plan }) => plan);
  return { ...tried, variables: plans.reduce(withoutKeys, tried.variables) };
}

function textOf(value: JsonValue | undefined): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).trim();
}
