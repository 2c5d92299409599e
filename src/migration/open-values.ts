/**
 * @module
 * Values of an export as the configuration has them: what somebody must fill in is a string that says what to
 * write, below what is known about it.
 */
import { fillIn, Open, type Writable } from '../dialects/exported.ts';
import { Flow, Noted, type Written } from '../documents/commented-yaml.ts';
import { yamlFlow } from '../documents/write-yaml.ts';

/** What is longer is written in several lines. */
const longestFlow = 90;

export function written(value: Writable): Written {
  if (value instanceof Open) return openValue(value);
  const isShort = opensIn(value).length === 0 && yamlFlow(value).length <= longestFlow;
  if (isShort || typeof value !== 'object' || value === null) return new Flow(value);
  return isList(value) ? value.map(written) : membersOf(value, written);
}

function openValue(open: Open): Written {
  const text = plainFillIns(open) as string;
  return open.facts.length === 0 ? text : new Noted(open.facts.join('\n'), text);
}

/** The same without what is known, as JSON has it. */
export function plainFillIns(value: Writable): unknown {
  if (value instanceof Open) return `${fillIn}: ${value.instead}`;
  if (isList(value)) return value.map(plainFillIns);
  return typeof value !== 'object' || value === null ? value : membersOf(value, plainFillIns);
}

export interface PlacedOpen {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  readonly open: Open;
}

/** The open parts of a value, in order. */
export function opensAt(value: Writable, path: readonly string[]): readonly PlacedOpen[] {
  if (value instanceof Open) return [{ path, open: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => opensAt(inner, [...path, key]));
}

export function opensIn(value: Writable): readonly Open[] {
  return opensAt(value, []).map(({ open }) => open);
}

/** The value as far as it is known; undefined if nothing of it is. */
export function withoutOpens(value: Writable): Writable | undefined {
  if (value instanceof Open) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const items = value.map(withoutOpens).filter((item) => item !== undefined);
    return items.length === 0 && value.length > 0 ? undefined : items;
  }
  const members = Object.entries(value).map(([key, inner]) => [key, withoutOpens(inner)] as const);
  const known = members.filter((member): member is readonly [string, Writable] => member[1] !== undefined);
  return known.length === 0 && members.length > 0 ? undefined : Object.fromEntries(known);
}

function membersOf<T>(
  map: { readonly [key: string]: Writable },
  convert: (value: Writable) => T,
): { readonly [key: string]: T } {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, convert(value)]));
}

function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}
