/**
 * @module
 * The variables that a written request gives for a trial: those that hold keys are for the loader, the others for the
 * request. A key never becomes a claim.
 */
import type { Snapshot } from '../configuration/snapshot.ts';
import { isRecord, type JsonValue } from '../diagnostics/json.ts';
import type { KeySource, TokenPlan } from '../plan/token-plan.ts';
import type { TriedRequest } from './run-trial.ts';

/** A PEM, or a JWK or JWK set as text. */
const keyText = /-----BEGIN |^\s*\{[\s\S]*"(?:kty|keys)"/;

/** Secret variables, and the texts of keys and key sets, by the names of their variables. */
export function givenKeys({ variables }: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const given = isRecord(variables) ? Object.entries(variables) : [];
  return new Map(
    given.flatMap(([name, value]): [string, string][] => {
      if (isRecord(value)) return 'kty' in value || 'keys' in value ? [[name, JSON.stringify(value)]] : [];
      const isKey = typeof value === 'string' && (/^private\./i.test(name) || keyText.test(value));
      return isKey ? [[name, value]] : [];
    }),
  );
}

/** The variables without those that hold the keys of the plan, under whatever name. */
export function withoutKeys(
  variables: ReadonlyMap<string, JsonValue>,
  { key, encryption }: TokenPlan,
): ReadonlyMap<string, JsonValue> {
  const names = new Set([key, encryption?.key].flatMap(variableNames));
  if (names.size === 0) return variables;
  const texts = new Set(Array.from(names, (name) => textOf(variables.get(name))));
  return new Map([...variables].filter(([name, value]) => !names.has(name) && !texts.has(textOf(value))));
}

/** The request without the variables that hold keys of any policy of the configuration. */
export function withoutKeysOf({ policies, variants }: Snapshot, tried: TriedRequest): TriedRequest {
  const plans = [...policies.values(), ...variants].map(({ plan }) => plan);
  return { ...tried, variables: plans.reduce(withoutKeys, tried.variables) };
}

function variableNames(key: KeySource | undefined): readonly string[] {
  switch (key?.kind) {
    case 'variable':
      return key.password === undefined ? [key.name] : [key.name, key.password];
    case 'named':
      return [key.name];
    default:
      return [];
  }
}

function textOf(value: JsonValue | undefined): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).trim();
}
