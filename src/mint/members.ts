/**
 * @module
 * Steps to the text of a JSON object: what is fixed is encoded when the policy loads, the rest for each request.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { Layout } from '../plan/token-plan.ts';
import { jsonText } from './json-text.ts';
import type { PlacedStep, Values } from './values.ts';

/** The text of a JSON object for one request, whose token is minted at `now`, in milliseconds since the epoch. */
export type EncodeMembers = (values: Values, now: number) => string;

/** The text where it is the same for every request; undefined otherwise. */
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

/** The text with members added that only the request's own minting brings; they replace none. */
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

/** The steps where no step can replace another's value; undefined otherwise. */
function* distinctlyNamed(steps: readonly PlacedStep[]): Steps<readonly NamedStep[] | undefined> {
  const named = new Map<string, NamedStep>();
  for (const step of steps) {
    if (!('name' in step) || named.has(step.name)) return undefined;
    named.set(step.name, step);
    yield;
  }
  return [...named.values()];
}

/** Each member's text stands behind the one before. */
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

/** Orders that were arranged before are kept; past this many sets of members, they are arranged anew each time. */
const mostOrders = 256;

/** The order depends only on which members there are, so it is arranged once for each set of them. */
function* compileArranged(steps: readonly NamedStep[], layout: Layout): Steps<EncodeMembers> {
  const parts = yield* eachInSteps(steps, (step) => compileMember(step, layout));
  const indexes = new Map(steps.map(({ name }, index) => [name, index]));
  const orders = new Map<string, readonly number[]>();
  const orderOf = (present: string, members: readonly (string | undefined)[]): readonly number[] => {
    const known = orders.get(present);
    if (known !== undefined) return known;
    const names = steps.filter((_, index) => members[index] !== undefined).map(({ name }) => name);
    const order = layout.arrange(names).map((name) => indexes.get(name) ?? 0);
    if (orders.size < mostOrders) orders.set(present, order);
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

/** A Map keeps the position of a replaced member and takes any text as a name, `__proto__` included. */
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

type LoneStep = Exclude<PlacedStep, { kind: 'members' }>;

function memberValue(step: LoneStep, values: Values, now: number): JsonValue | undefined {
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

function memberName(step: LoneStep, values: Values): string {
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
