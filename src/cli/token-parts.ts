/**
 * @module
 * A minted token as `mint` and `explain` show it, or the reason why a policy minted none.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import { memberField } from '../diagnostics/mint-error.ts';
import { jsonObject, readToken } from '../jose/token-parts.ts';
import type { Output } from '../plan/token-plan.ts';
import type { Reason } from '../trial/outcome-words.ts';
import { jsonText } from './json-text.ts';

/** Header and claims; the claims of an encrypted token are null, since only its recipient can read them. */
export interface TokenParts {
  readonly header: JsonObject;
  readonly claims: JsonObject | null;
}

export function partsOf(token: string): TokenParts {
  const reading = readToken(token);
  if (!reading.ok) throw new TypeError('a minted token that is not one');
  const { token: read } = reading;
  const claims = read.kind === 'signed' ? jsonObject(read.content) : null;
  if (claims === undefined) throw new TypeError('a minted token whose claims are not an object');
  return { header: read.header, claims };
}

/** The token as the JSON of a command. */
export function tokenFields(token: string, { header, prefix }: Output): object {
  return { token, ...partsOf(token), output: { header, value: prefix + token } };
}

export function tokenText(token: string, { header, prefix }: Output): string {
  const parts = partsOf(token);
  const claims = parts.claims === null ? 'are encrypted' : jsonText(parts.claims, 2);
  return `${header}: ${prefix}${token}\n\nheader ${jsonText(parts.header, 2)}\nclaims ${claims}\n`;
}

export function reasonFields({ code, message, origin }: Reason): object {
  if (origin === undefined) return { code, message };
  const { file, line, column } = origin.place;
  return { code, message, ...memberField(origin), file, line, column };
}
