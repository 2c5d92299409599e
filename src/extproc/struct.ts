/**
 * @module
 * Converts JSON to `google.protobuf.Struct`, in the shape that a transport encodes. The numbers of a Struct are
 * doubles. A number that a double cannot represent becomes a string of its digits, so that no digit is lost.
 */
import { exactDigits } from '../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import type { Struct, Value } from './messages.ts';

export function structOf(object: JsonObject): Struct {
  return { fields: Object.fromEntries(Object.entries(object).map(([name, value]) => [name, toValue(value)])) };
}

function toValue(value: JsonValue): Value {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'number':
      // Neither JSON nor a Struct has NaN or infinities.
      return Number.isFinite(value) ? { numberValue: value } : { nullValue: 'NULL_VALUE' };
    case 'boolean':
      return { boolValue: value };
    default:
      return value === null ? { nullValue: 'NULL_VALUE' } : compound(value);
  }
}

function compound(value: Exclude<JsonValue, null | string | number | boolean>): Value {
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  const digits = exactDigits(value);
  return digits === undefined ? { structValue: structOf(value as JsonObject) } : ofDigits(digits);
}

/** @param digits a JSON number */
function ofDigits(digits: string): Value {
  const double = Number(digits);
  const isHeld = /^-?\d+$/.test(digits) && Number.isFinite(double) && BigInt(double) === BigInt(digits);
  return isHeld ? { numberValue: double } : { stringValue: digits };
}
