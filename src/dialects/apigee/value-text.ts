/**
 * @module
 * Converts a variable's value to a string as Apigee does for claims and templates.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { exact } from '../exact-value.ts';

/**
 * Lists and objects become JSON. Do not call it with null, which means that there is no value.
 *
 * @throws MintError `identity.inexact-number`
 */
export function textOf(value: JsonValue): string {
  exact(value);
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
