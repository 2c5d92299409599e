/**
 * @module
 * Values of an export that somebody must fill in, as they stand in the configuration.
 */
import { Open, type Writable } from '../dialects/exported.ts';
import { Commented, type YamlValue } from '../documents/commented-yaml.ts';

/** How a value to fill in begins (`configuration/fill-in.ts`). */
const fillIn = 'FILL IN';

/** The value with its open parts as strings that say what to write, after what is known about them. */
export function withFillIns(value: Writable): YamlValue {
  if (value instanceof Open) return new Commented(value.facts, `${fillIn}: ${value.instead}`);
  if (isList(value)) return value.map(withFillIns);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withFillIns(inner)]));
}

/** The same without what is known, as JSON has it. */
export function plainFillIns(value: Writable): unknown {
  if (value instanceof Open) return `${fillIn}: ${value.instead}`;
  if (isList(value)) return value.map(plainFillIns);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainFillIns(inner)]));
}

/** The open parts of a value, in order. */
export function opensIn(value: Writable | undefined): readonly Open[] {
  if (value instanceof Open) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(opensIn);
}

function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}
