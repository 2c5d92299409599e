/**
 * @module
 * What a test expects of a token: its members as they are, except for what another token of the same request has in
 * another way, such as times and random identifiers.
 */
import { exactDigits } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonObject, type JsonValue } from '../diagnostics/json.ts';
import { objectOf } from '../diagnostics/ordered-object.ts';
import { isSameJson } from '../trial/json-values.ts';

const present: JsonObject = { present: true };

/** Names that say what a value is like, if an object has no other. */
const forms = new Set(['matches', 'present', 'absent', 'equals']);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns the members that both tokens have, and whether these are all */
export function expectedMembers(
  token: JsonObject,
  another: JsonObject,
): { readonly members: JsonObject; readonly areAll: boolean } {
  const names = Object.keys(token).filter((name) => Object.hasOwn(another, name));
  const areAll = names.length === Object.keys(token).length && names.length === Object.keys(another).length;
  const members = names.map((name): [string, JsonValue] => [
    name,
    expectedValue(token[name] ?? null, another[name] ?? null),
  ]);
  return { members: objectOf(members), areAll };
}

function expectedValue(value: JsonValue, other: JsonValue): JsonValue {
  if (isSameJson(value, other)) return literal(value);
  if (Array.isArray(value) && Array.isArray(other) && value.length === other.length) {
    return value.map((item: JsonValue, index) => expectedValue(item, other[index] ?? null));
  }
  if (isPlainObject(value) && isPlainObject(other)) {
    const { members, areAll } = expectedMembers(value, other);
    return areAll && !isForm(members) ? members : present;
  }
  const areIds = [value, other].every((one) => typeof one === 'string' && uuid.test(one));
  return areIds ? { matches: uuid.source } : present;
}

function isPlainObject(value: JsonValue): value is JsonObject {
  return isRecord(value) && exactDigits(value as JsonValue) === undefined;
}

/** The value, where its author may mean one of the forms. No test file can have a number beyond the doubles. */
function literal(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => literal(item));
  const digits = exactDigits(value);
  if (digits !== undefined && !Number.isFinite(Number(digits))) return present;
  if (!isPlainObject(value)) return value;
  if (isForm(value)) return isDouble(value) ? { equals: value } : present;
  return objectOf(Object.entries(value).map(([name, member]): [string, JsonValue] => [name, literal(member)]));
}

function isDouble(value: JsonValue): boolean {
  const digits = exactDigits(value);
  if (digits !== undefined) return Number.isFinite(Number(digits));
  return typeof value !== 'object' || value === null || Object.values(value).every(isDouble);
}

function isForm(object: JsonObject): boolean {
  const [only, second] = Object.keys(object);
  return only !== undefined && second === undefined && forms.has(only);
}
