/**
 * @module
 * Which headers of the message an `invoke` sends (vendor page, "invoke": `header-control`).
 */
import { isRecord } from '../../../diagnostics/json.ts';
import type { Action } from './flow.ts';

/** @param header in lower case */
export function sentOn({ properties }: Action, header: string): boolean | 'uncertain' {
  const { username, 'header-control': control } = properties;
  // The user's name makes an Authorization header of its own.
  if (header === 'authorization' && typeof username === 'string' && username !== '') return 'uncertain';
  if (!isRecord(control)) return true;
  const patterns: readonly unknown[] = Array.isArray(control['values']) ? control['values'] : [];
  const found = patterns.map((pattern) => matches(pattern, header));
  const isAllowlist = control['type'] === 'allowlist' || control['type'] === 'whitelist';
  if (found.includes(true)) return isAllowlist;
  return found.includes(undefined) ? 'uncertain' : !isAllowlist;
}

/** The list has regular expressions. Undefined for one that is more than a name. */
function matches(pattern: unknown, header: string): boolean | undefined {
  if (typeof pattern !== 'string') return undefined;
  const [, start = '', name, end = ''] = /^(\^?)([\w-]+)(\$?)$/.exec(pattern.replaceAll('\\-', '-')) ?? [];
  if (name === undefined) return undefined;
  const lower = name.toLowerCase();
  if (start !== '' && end !== '') return header === lower;
  if (start !== '') return header.startsWith(lower);
  return end === '' ? header.includes(lower) : header.endsWith(lower);
}
