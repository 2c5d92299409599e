/**
 * @module
 * A minted token as `mint` and `explain` show it in a terminal, or the reason why a policy minted none.
 */
import { placeText } from '../diagnostics/source-text.ts';
import type { Output } from '../plan/token-plan.ts';
import { partsOf, type Reason } from '../trial/answer-fields.ts';
import { jsonText } from './json-text.ts';

export function tokenText(token: string, { header, prefix }: Output): string {
  const parts = partsOf(token);
  const claims = parts.claims === null ? 'are encrypted' : jsonText(parts.claims, 2);
  return `${header}: ${prefix}${token}\n\nheader ${jsonText(parts.header, 2)}\nclaims ${claims}\n`;
}

export function reasonText({ code, message, origin }: Reason): string {
  if (origin === undefined) return `No token: ${message} [${code}]`;
  const { member, name, place } = origin;
  const named = name === undefined ? `a ${member}` : `${member} \`${name}\``;
  return `${placeText(place)}: no token: ${named}: ${message} [${code}]`;
}
