/**
 * @module
 * What the model computes with, and what it says of a request: the token, or a refusal.
 */
import type { Algorithm } from './keys.ts';
import type { SeenRequest } from './seen-request.ts';
import { type Json, type JsonMap, numberIn } from './strict-json.ts';

export interface Scene {
  readonly seen: SeenRequest;
  /** The claims of the caller's token, with doubles as Envoy has them; undefined without a token. */
  readonly caller: JsonMap | undefined;
  /** When the token may have been made, in seconds since the epoch. */
  readonly now: number;
  /** What stands for a random identifier. */
  readonly id: string;
}

export interface Expected {
  readonly header: JsonMap;
  readonly claims: JsonMap;
}

/** The code of a refusal. */
export type Refusal = string;

/** A policy with its model. */
export interface Subject {
  /** The name of the policy, of its file and of the route that leads to it. */
  readonly name: string;
  readonly extension: 'yaml' | 'xml';
  readonly text: string;
  /** The entry, besides the name and the file. */
  readonly entry: Readonly<Record<string, unknown>>;
  readonly algorithm: Algorithm;
  expected(scene: Scene): Expected | Refusal;
}

/** A member without a value is left out. */
export function membersOf(members: readonly (readonly [name: string, value: Json | undefined])[]): JsonMap {
  return new Map(members.filter((member): member is [string, Json] => member[1] !== undefined));
}

/** Every number as the nearest double. */
export function inDoubles(value: Json): Json {
  if (typeof value === 'bigint' || typeof value === 'number') return numberIn(JSON.stringify(Number(value)));
  if (value instanceof Map) return new Map([...value].map(([name, member]) => [name, inDoubles(member as Json)]));
  return Array.isArray(value) ? value.map(inDoubles) : value;
}

/** Whether it has a whole number that a double may have changed. */
export function isInexact(value: Json): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (value instanceof Map) return [...value.values()].some(isInexact);
  return Array.isArray(value) && value.some(isInexact);
}

/** JSON with sorted names: those that are array indexes first, then by their code units. */
export function sortedJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (!(value instanceof Map)) return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  const names = [...(value as JsonMap).keys()];
  const indexes = names.filter(isIndex).sort((one, other) => Number(one) - Number(other));
  const others = names.filter((name) => !isIndex(name)).sort();
  const members = [...indexes, ...others].map(
    (name) => `${JSON.stringify(name)}:${sortedJson(value.get(name) as Json)}`,
  );
  return `{${members.join(',')}}`;
}

function isIndex(name: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(name) && Number(name) < 2 ** 32 - 1;
}
