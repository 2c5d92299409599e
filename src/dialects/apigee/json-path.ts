/**
 * @module
 * The part of JSONPath that the function `jsonPath` supports: `$`, names, indexes and wildcards. Filters, slices and
 * `..` are refused when the policy loads.
 */
import { exactDigits } from '../../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';

type Step = string | number | '*';

const step = /\.\s*([\p{L}_$][\p{L}\p{N}_$-]*|\*)|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+)|(\*))\s*\]/gu;

/** A function that selects the values at a path; undefined if the path is not supported. */
export function parseJsonPath(path: string): ((value: JsonValue) => readonly JsonValue[]) | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  let end = 1;
  for (const match of path.matchAll(step)) {
    if (match.index !== end) return undefined;
    const [text, name, single, double, index, star] = match;
    steps.push(index === undefined ? (name ?? single ?? double ?? star ?? '*') : Number(index));
    end += text.length;
  }
  if (end !== path.length) return undefined;
  return (value) =>
    steps.reduce<readonly JsonValue[]>((found, each) => found.flatMap((one) => follow(one, each)), [value]);
}

function follow(value: JsonValue, step: Step): readonly JsonValue[] {
  if (typeof value !== 'object' || value === null || exactDigits(value) !== undefined) return [];
  if (step === '*') return Object.values(value);
  const found = Array.isArray(value) ? itemAt(value, step) : memberAt(value as JsonObject, step);
  return found === undefined ? [] : [found];
}

function itemAt(items: readonly JsonValue[], step: string | number): JsonValue | undefined {
  return typeof step === 'number' ? items.at(step) : undefined;
}

function memberAt(members: JsonObject, step: string | number): JsonValue | undefined {
  return Object.hasOwn(members, step) ? members[step] : undefined;
}
