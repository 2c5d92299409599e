/**
 * @module
 * Object types: which members an object must have, and which it may have beside them.
 */
import { objectType } from './type-values.ts';
import { type FieldType, ObjectValue, type TypeValue, type Value } from './values.ts';

/**
 * @param isClosed `{| … |}`: no member but those that are named
 */
export function objectFrom(fields: readonly FieldType[], isClosed: boolean): TypeValue {
  const named = new Map(fields.map((field): [string | undefined, FieldType] => [field.name, field]));
  const other = named.get(undefined);
  const accepts = (value: Value): boolean => {
    if (!(value instanceof ObjectValue)) return false;
    const seen = new Set<FieldType>();
    const fits = value.keys.every((key, i) => {
      const field = named.get(key) ?? other;
      if (field === undefined) return !isClosed;
      if (seen.has(field) && !field.isRepeated && field !== other) return false;
      seen.add(field);
      return field.type.accepts(value.values[i] ?? null);
    });
    return fits && fields.every((field) => field.isOptional || seen.has(field));
  };
  return { ...objectType, accepts, fields };
}
