/**
 * @module
 * The variables of a request file that hold keys: they are for the loader, as the others are for the request
 * (`trial/trial-variables.ts`).
 */
import { isRecord } from '../diagnostics/json.ts';
import type { JsonRecord } from './input-file.ts';

/** A PEM, or a JWK or JWK set as text. */
const keyText = /-----BEGIN |^\s*\{[\s\S]*"(?:kty|keys)"/;

/** Secret variables, and the texts of keys and key sets, by the names of their variables. */
export function givenKeys({ variables }: JsonRecord): ReadonlyMap<string, string> {
  const given = isRecord(variables) ? Object.entries(variables) : [];
  return new Map(
    given.flatMap(([name, value]): [string, string][] => {
      if (isRecord(value)) return 'kty' in value || 'keys' in value ? [[name, JSON.stringify(value)]] : [];
      const isKey = typeof value === 'string' && (/^private\./i.test(name) || keyText.test(value));
      return isKey ? [[name, value]] : [];
    }),
  );
}
