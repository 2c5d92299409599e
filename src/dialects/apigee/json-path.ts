/**
 * @module
 * The part of JSON Path that `jsonPath` offers here: `$`, names, indexes and wildcards. Filters, slices and `..` are
 * refused when the policy loads.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';

type Step = string | number | '*';

const step = /\.\s*([\p{L}_$][\p{L}\p{N}_$-]*|\*)|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+)|(\*))\s*\]/gu;

/** The steps behind `$`; undefined where the path is not of the part that is read here. */
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
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    if (step === '*') return items;
    const item = typeof step === 'number' ? items.at(step) : undefined;
    return item === undefined ? [] : [item];
  }
  if (typeof value !== 'object' || value === null) return [];
  const members = value as JsonObject;
  if (step === '*') return Object.values(members);
  const member = Object.hasOwn(members, step) ? members[step] : undefined;
  return member === undefined ? [] : [member];
}
