/**
 * @module
 * JSON to `google.protobuf.Struct`, in the shape that a transport encodes.
 */
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
      return { numberValue: value };
    case 'boolean':
      return { boolValue: value };
    default:
      if (value === null) return { nullValue: 'NULL_VALUE' };
      return Array.isArray(value)
        ? { listValue: { values: value.map(toValue) } }
        : { structValue: structOf(value as JsonObject) };
  }
}
