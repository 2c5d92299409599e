/**
 * @module
 * What a token says, and why there is none, for `mint` and `explain`.
 */
import { parseExactly } from '../diagnostics/exact-json.ts';
import type { JsonObject } from '../diagnostics/json.ts';
import { memberField } from '../diagnostics/mint-error.ts';
import { placeText } from '../diagnostics/source-text.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import type { Output } from '../plan/token-plan.ts';

/** Header and claims; the claims of an encrypted token are null, since only its recipient can read them. */
export interface TokenParts {
  readonly header: JsonObject;
  readonly claims: JsonObject | null;
}

export function partsOf(token: string): TokenParts {
  const [headerPart = '', claimsPart = '', ...others] = token.split('.');
  return { header: decode(headerPart), claims: others.length === 1 ? decode(claimsPart) : null };
}

function decode(part: string): JsonObject {
  return parseExactly(Buffer.from(part, 'base64url').toString('utf8')) as JsonObject;
}

/** The token as the JSON of a command. */
export function tokenFields(token: string, { header, prefix }: Output): object {
  return { token, ...partsOf(token), output: { header, value: prefix + token } };
}

export function tokenText(token: string, { header, prefix }: Output): string {
  const parts = partsOf(token);
  const claims = parts.claims === null ? 'are encrypted' : JSON.stringify(parts.claims, null, 2);
  return `${header}: ${prefix}${token}\n\nheader ${JSON.stringify(parts.header, null, 2)}\nclaims ${claims}\n`;
}

/** Why a policy minted no token. */
export type Reason = Pick<MintRecord, 'code' | 'message' | 'origin'>;

export function reasonFields({ code, message, origin }: Reason): object {
  if (origin === undefined) return { code, message };
  const { file, line, column } = origin.place;
  return { code, message, ...memberField(origin), file, line, column };
}

export function reasonText({ code, message, origin }: Reason): string {
  if (origin === undefined) return `No token: ${message} [${code}]`;
  const { member, name, place } = origin;
  const named = name === undefined ? `a ${member}` : `${member} \`${name}\``;
  return `${placeText(place)}: no token: ${named}: ${message} [${code}]`;
}
