/**
 * @module
 * Values of a YAML document as they are written: maps in the order of their keys, and numbers with all digits. The
 * plain value of a document is one of JavaScript, which has neither.
 */
import { exactDigits, numberOf } from '../diagnostics/exact-json.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { objectOf } from '../diagnostics/ordered-object.ts';
import type { YamlPath, YamlPlaces } from './yaml-places.ts';

/** A number as JSON writes it. A number in another form of YAML, such as 0x1f, remains what JavaScript makes of it. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** @param value what the document has at `path`, perhaps exact already, or with members that a schema added */
export function exactValue(document: YamlPlaces, path: YamlPath, value: JsonValue): JsonValue {
  if (typeof value === 'number') {
    const { text } = document.scalarAt(path);
    return jsonNumber.test(text) ? numberOf(text) : value;
  }
  if (typeof value !== 'object' || value === null || exactDigits(value) !== undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item: JsonValue, index) => exactValue(document, [...path, index], item));
  }
  const members = new Map(Object.entries(value));
  const written = document.namesAt(path).flatMap((name): [string, JsonValue][] => {
    const member = members.get(name);
    return member === undefined ? [] : [[name, exactValue(document, [...path, name], member)]];
  });
  const names = new Set(written.map(([name]) => name));
  return objectOf([...written, ...[...members].filter(([name]) => !names.has(name))]);
}
