/**
 * @module
 * A minted token as `mint` shows it in a terminal, or for another program.
 */
import type { Output } from '../plan/token-plan.ts';
import { partsOf } from '../trial/answer-fields.ts';
import { jsonText } from './json-text.ts';

/** How `mint` prints a token: alone on its line for `--format token`, else for a reader. */
export function tokenWriter(format: string | undefined): (token: string, output: Output) => string {
  return format === 'token' ? (token) => `${token}\n` : tokenText;
}

function tokenText(token: string, { header, prefix }: Output): string {
  const parts = partsOf(token);
  const claims = parts.claims === null ? 'are encrypted' : jsonText(parts.claims, 2);
  return `${header}: ${prefix}${token}\n\nheader ${jsonText(parts.header, 2)}\nclaims ${claims}\n`;
}
