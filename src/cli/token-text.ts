/**
 * @module
 * A minted token as `mint` and `explain` show it in a terminal.
 */
import type { Output } from '../plan/token-plan.ts';
import { partsOf } from '../trial/answer-fields.ts';
import { jsonText } from './json-text.ts';

export function tokenText(token: string, { header, prefix }: Output): string {
  const parts = partsOf(token);
  const claims = parts.claims === null ? 'are encrypted' : jsonText(parts.claims, 2);
  return `${header}: ${prefix}${token}\n\nheader ${jsonText(parts.header, 2)}\nclaims ${claims}\n`;
}
