/**
 * @module
 * A variable's value as text, as Apigee puts it into a claim or a template.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { exact } from '../exact-value.ts';

/**
 * Lists and objects become JSON; null is no value, and must not come here.
 *
 * @throws MintError `identity.inexact-number`
 */
export function textOf(value: JsonValue): string {
  exact(value);
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
