/**
 * @module
 * Encodes steps as a JSON object. Fixed members are encoded when the policy loads, the others for each request.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { Layout } from '../plan/token-plan.ts';
import type { PlacedStep, Values } from './values.ts';

/** A JSON object for one request. @param now the time of minting, in milliseconds since the epoch */
export type EncodeMembers = (values: Values, now: number) => string;

/** The JSON object if it is the same for every request. */
export function fixedMembers(steps: readonly PlacedStep[], layout?: Layout): string | undefined {
  const members = new Map<string, JsonValue>();
  for (const step of steps) {
    if (step.kind !== 'fixed') return undefined;
    members.set(step.name, step.value);
  }
  return encodeMap(members, layout);
}

export function* compileMembers(steps: readonly PlacedStep[], layout?: Layout): Steps<EncodeMembers> {
  const fixed = fixedMembers(steps, layout);
  if (fixed !== undefined) return () => fixed;
  const named = yield* distinctlyNamed(steps);
  if (named === undefined) return (values, now) => encodeMap(collect(steps, values, now), layout);
  return layout === undefined ? yield* compileInOrder(named) : yield* compileArranged(named, layout);
}

/** A JSON object with more members, which only minting knows. No step may have their names. */
export function encodeWith(
  steps: readonly PlacedStep[],
  layout: Layout | undefined,
  values: Values,
  now: number,
  added: readonly (readonly [name: string, value: JsonValue])[],
): string {
  return encodeMap(new Map([...collect(steps, values, now), ...added]), layout);
}

type NamedStep = Extract<PlacedStep, { readonly name: string }>;

/** The steps, if no step can replace the value of another. */
function* distinctlyNamed(steps: readonly PlacedStep[]): Steps<readonly NamedStep[] | undefined> {
  const named = new Map<string, NamedStep>();
  for (const step of steps) {
    if (!('name' in step) || named.has(step.name)) return undefined;
    named.set(step.name, step);
    yield;
  }
  return [...named.values()];
}

/** Writes the members in the order of the steps. */
function* compileInOrder(steps: readonly NamedStep[]): Steps<EncodeMembers> {
  const parts = yield* eachInSteps(steps, (step) => compileMember(step));
  return (values, now) => {
    let text = '';
    for (const part of parts) {
      const member = part(values, now);
      if (member !== undefined) text += text === '' ? member : `,${member}`;
    }
    return `{${text}}`;
  };
}

/** The maximum number of orders that are kept. Other sets of members are arranged for each token. */
const maxOrders = 256;

/**
 * Writes the members in the order of the layout. It depends only on which members exist, so each set is arranged once.
 */
function* compileArranged(steps: readonly NamedStep[], layout: Layout): Steps<EncodeMembers> {
  const parts = yield* eachInSteps(steps, (step) => compileMember(step, layout));
  const indexes = new Map(steps.map(({ name }, index) => [name, index]));
  const orders = new Map<string, readonly number[]>();
  const orderOf = (present: string, members: readonly (string | undefined)[]): readonly number[] => {
    const known = orders.get(present);
    if (known !== undefined) return known;
    const names = steps.filter((_, index) => members[index] !== undefined).map(({ name }) => name);
    const order = layout.arrange(names).map((name) => indexes.get(name) ?? 0);
    if (orders.size < maxOrders) orders.set(present, order);
    return order;
  };
  return (values, now) => {
    const members: (string | undefined)[] = [];
    let present = '';
    for (const part of parts) {
      const member = part(values, now);
      members.push(member);
      present += member === undefined ? '-' : '+';
    }
    let text = '';
    for (const index of orderOf(present, members)) text += text === '' ? members[index] : `,${members[index]}`;
    return `{${text}}`;
  };
}

type EncodeMember = (values: Values, now: number) => string | undefined;

function compileMember(step: NamedStep, layout?: Layout): EncodeMember {
  const written = (json: string): string => (layout === undefined ? json : layout.escape(json));
  const start = `${written(JSON.stringify(step.name))}:`;
  switch (step.kind) {
    case 'fixed': {
      const member = start + written(JSON.stringify(step.value));
      return () => member;
    }
    case 'time':
      return (_values, now) => start + secondsAt(now, step.offset);
    case 'computed':
      return (values) => {
        const value = values[step.at];
        return value === undefined ? undefined : start + written(jsonText(value));
      };
  }
}

/** A Map keeps the position of a replaced member, and accepts every string as a name, `__proto__` included. */
function collect(steps: readonly PlacedStep[], values: Values, now: number): Map<string, JsonValue> {
  const members = new Map<string, JsonValue>();
  for (const step of steps) {
    if (step.kind === 'members') {
      const value = values[step.at];
      if (typeof value !== 'object' || value === null) continue;
      for (const [name, member] of Object.entries(value)) members.set(name, member);
      continue;
    }
    const value = memberValue(step, values, now);
    if (value !== undefined) members.set(memberName(step, values), value);
  }
  return members;
}

type SingleStep = Exclude<PlacedStep, { kind: 'members' }>;

function memberValue(step: SingleStep, values: Values, now: number): JsonValue | undefined {
  switch (step.kind) {
    case 'fixed':
      return step.value;
    case 'time':
      return secondsAt(now, step.offset);
    case 'computed':
    case 'named':
      return values[step.at];
  }
}

function memberName(step: SingleStep, values: Values): string {
  if (step.kind !== 'named') return step.name;
  const name = values[step.nameAt];
  if (typeof name === 'string') return name;
  throw new MintError('mint.name', 'The name of a claim or header parameter has no value.').from(step.origin);
}

function secondsAt(now: number, offset: number): number {
  return Math.floor(now / 1000) + offset;
}

function encodeMap(members: ReadonlyMap<string, JsonValue>, layout: Layout | undefined): string {
  const names = layout === undefined ? members.keys() : layout.arrange([...members.keys()]);
  const parts: string[] = [];
  for (const name of names) parts.push(`${JSON.stringify(name)}:${JSON.stringify(members.get(name))}`);
  const text = `{${parts.join(',')}}`;
  return layout === undefined ? text : layout.escape(text);
}

/** For strings of up to this length, checking each character is faster than a call into native code. */
const maxCheckedLength = 64;

const [space, quote, backslash, firstSurrogate] = [0x20, 0x22, 0x5c, 0xd800];

/** The same as JSON.stringify. Most claims are short strings without anything to escape. */
function jsonText(value: JsonValue): string {
  return typeof value === 'string' && isPlain(value) ? `"${value}"` : JSON.stringify(value);
}

function isPlain(string: string): boolean {
  if (string.length > maxCheckedLength) return false;
  for (let at = 0; at < string.length; at++) {
    const unit = string.charCodeAt(at);
    if (unit < space || unit === quote || unit === backslash || unit >= firstSurrogate) return false;
  }
  return true;
}
