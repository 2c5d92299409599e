/**
 * @module
 * From the value of an expression to the JSON value of a claim.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { FunctionValue, InputValue, isArray, type Value, WrittenNumber } from './values.ts';

/**
 * Numbers lose the text they were written with, and JSON has no infinity: it becomes null, as at the vendor.
 *
 * @throws MintError `dataweave.unsupported-result` for bytes and functions
 */
export function toJson(value: Value): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof WrittenNumber) return toJson(value.value);
  if (isArray(value)) return value.map(toJson);
  return objectToJson(value);
}

function objectToJson(
  value: Exclude<Value, null | string | boolean | number | WrittenNumber | readonly Value[]>,
): JsonValue {
  if (value instanceof Uint8Array) {
    const message =
      'Bytes cannot be a claim: turn them into a string with dw::util::Coercions::toString(bytes, "UTF-8").';
    throw new MintError('dataweave.unsupported-result', message);
  }
  if (value instanceof FunctionValue) {
    throw new MintError('dataweave.unsupported-result', `The function \`${value.row.name}\` is named but not called.`);
  }
  if (value instanceof InputValue) throw new Error('an input must be detached before it is a result');
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}
