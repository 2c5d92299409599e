/**
 * @module
 * What a member of a token must be, and how a value differs from it.
 *
 * An object with the single name `matches`, `present`, `absent` or `equals` says what a value is like; every other
 * value is the value itself. So it is at any depth, except in `equals`.
 */
import { inDoubles, isObject } from '../../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { compileSearchPattern, maxPatternStates, type SearchPattern } from '../../expressions/text-pattern.ts';
import { isSameJson, kindOf, textDifference } from '../json-values.ts';
import { TrialError } from '../trial-error.ts';

type ValuePath = readonly (string | number)[];

export type Expected =
  | { readonly kind: 'value'; readonly value: JsonValue }
  | { readonly kind: 'members'; readonly members: ReadonlyMap<string, Expected>; readonly written: JsonValue }
  | { readonly kind: 'items'; readonly items: readonly Expected[]; readonly written: JsonValue }
  | { readonly kind: 'matches'; readonly pattern: SearchPattern; readonly written: JsonValue }
  | { readonly kind: 'present' | 'absent'; readonly written: JsonValue };

/** Where a value is not as expected. */
export interface Difference {
  /** From the member's own value. */
  readonly path: ValuePath;
  /** A sentence without the values. */
  readonly message: string;
  /** As it is written. */
  readonly expected: JsonValue;
  /** Undefined if there is no value. */
  readonly actual: JsonValue | undefined;
}

/**
 * States of all different regular expressions of a file; compiling these takes about two seconds. @internal Exported
 * for the test at the limit.
 */
export const maxStatesTogether = 100_000;

/** Compiled patterns, by their source: the cases of a file often have the same. */
export class Patterns {
  readonly #known = new Map<string, SearchPattern>();
  #states = 0;

  /** @param path of the pattern @throws TrialError with the path */
  of(source: string, path: ValuePath): SearchPattern {
    const known = this.#known.get(source);
    if (known !== undefined) return known;
    if (this.#states >= maxStatesTogether) throw new TrialError(path, tooMany, 'Divide the file into several.');
    const compiled = compileSearchPattern(source);
    // One that is refused took its time as well.
    this.#states += 'problem' in compiled ? maxPatternStates : compiled.states;
    if ('problem' in compiled) throw new TrialError(path, compiled.problem, compiled.suggestion);
    this.#known.set(source, compiled);
    return compiled;
  }
}

const tooMany =
  `The different regular expressions before this one have ${maxStatesTogether} states, ` +
  'which is the maximum of a test file.';

/** @throws TrialError with the path from `written` */
export function readExpected(written: JsonValue, patterns: Patterns, path: ValuePath = []): Expected {
  if (Array.isArray(written)) return readItems(written, patterns, path);
  if (!isObject(written)) return { kind: 'value', value: written };
  const [only, another] = Object.keys(written);
  if (only !== undefined && another === undefined && isForm(only)) {
    return forms[only](written[only] ?? null, { written, patterns, path: [...path, only] });
  }
  const members = Object.entries(written).map(([name, member]): [string, Expected] => [
    name,
    readExpected(member, patterns, [...path, name]),
  ]);
  return { kind: 'members', members: new Map(members), written };
}

function readItems(written: readonly JsonValue[], patterns: Patterns, path: ValuePath): Expected {
  const items = written.map((item, index) => {
    const read = readExpected(item, patterns, [...path, index]);
    if (read.kind !== 'absent') return read;
    throw new TrialError([...path, index], 'An item of a list cannot be absent.', 'Leave it out.');
  });
  return { kind: 'items', items, written: [...written] };
}

interface FormContext {
  readonly written: JsonObject;
  readonly patterns: Patterns;
  readonly path: ValuePath;
}

type Form = (value: JsonValue, context: FormContext) => Expected;

const forms = {
  matches: (value, { written, patterns, path }) => {
    if (typeof value !== 'string') {
      throw new TrialError(path, '`matches` must be a regular expression, as a string.');
    }
    return { kind: 'matches', pattern: patterns.of(value, path), written };
  },
  present: (value, { written, path }) => {
    if (value === true) return { kind: 'present', written };
    throw new TrialError(path, '`present` must be true.', 'Write `{ absent: true }` for a member that must be absent.');
  },
  absent: (value, { written, path }) => {
    if (value === true) return { kind: 'absent', written };
    throw new TrialError(path, '`absent` must be true.', 'Write `{ present: true }` for a member with any value.');
  },
  equals: (value) => ({ kind: 'value', value }),
} as const satisfies Readonly<Record<string, Form>>;

function isForm(name: string): name is keyof typeof forms {
  return Object.hasOwn(forms, name);
}

/** @param actual undefined if there is no value */
export function differences(
  expected: Expected,
  actual: JsonValue | undefined,
  path: ValuePath = [],
): readonly Difference[] {
  if (actual !== undefined && expected.kind === 'members' && isObject(actual)) {
    return ofMembers(expected.members, actual, path);
  }
  if (expected.kind === 'items' && Array.isArray(actual) && actual.length === expected.items.length) {
    return expected.items.flatMap((item, index) => differences(item, actual[index], [...path, index]));
  }
  const why = actual === undefined ? whyMissing(expected) : whyOther(expected, actual);
  const message = why === undefined ? undefined : `${why}${meantForm(expected)}`;
  return message === undefined ? [] : [{ path, message, expected: writtenOf(expected), actual }];
}

function ofMembers(members: ReadonlyMap<string, Expected>, actual: JsonObject, path: ValuePath): readonly Difference[] {
  const values = new Map(Object.entries(actual));
  const others = [...values.keys()].filter((name) => !members.has(name));
  const all = [...members, ...others.map((name): readonly [string, Expected] => [name, absent])];
  return all.flatMap(([name, member]) => differences(member, values.get(name), [...path, name]));
}

/** A hint for an object that may be meant as one of the forms: `{ match: … }`. It is no form, so it is compared. */
function meantForm(expected: Expected): string {
  if (expected.kind !== 'members' || expected.members.size !== 1) return '';
  const [name = ''] = expected.members.keys();
  const near = nearest(name, Object.keys(forms));
  return near === undefined ? '' : ` Did you mean \`${near}\`?`;
}

const absent: Expected = { kind: 'absent', written: { absent: true } };

function whyMissing({ kind }: Expected): string | undefined {
  return kind === 'absent' ? undefined : 'It is missing.';
}

/** Undefined if the value is as expected. */
function whyOther(expected: Expected, actual: JsonValue): string | undefined {
  switch (expected.kind) {
    case 'present':
      return undefined;
    case 'absent':
      return 'It must be absent.';
    case 'matches':
      if (typeof actual !== 'string') return `It is ${kindOf(actual)}, and a pattern is for a string.`;
      return expected.pattern.isIn(actual) ? undefined : 'It does not match the pattern.';
    case 'value':
      return isSameJson(expected.value, actual) ? undefined : howDifferent(expected.value, actual);
    case 'items':
      if (Array.isArray(actual)) return `It has ${counted(actual.length)} instead of ${expected.items.length}.`;
      return differentKinds(expected.written, actual);
    case 'members':
      return differentKinds(expected.written, actual);
  }
}

function counted(count: number): string {
  return count === 1 ? '1 item' : `${count} items`;
}

function writtenOf(expected: Expected): JsonValue {
  return expected.kind === 'value' ? expected.value : expected.written;
}

function differentKinds(expected: JsonValue, actual: JsonValue): string {
  return `It is ${kindOf(actual)} instead of ${kindOf(expected)}.`;
}

function howDifferent(expected: JsonValue, actual: JsonValue): string {
  if (kindOf(expected) !== kindOf(actual)) return differentKinds(expected, actual);
  if (typeof expected === 'string' && typeof actual === 'string') return textDifference(expected, actual);
  if (kindOf(actual) !== 'a number') return 'The values are different.';
  const distance = Number(inDoubles(actual)) - Number(inDoubles(expected));
  return Number.isSafeInteger(distance) && distance !== 0
    ? `The number is ${Math.abs(distance)} ${distance < 0 ? 'less' : 'more'} than expected.`
    : 'The numbers are different.';
}
