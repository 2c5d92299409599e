/**
 * @module
 * The arguments of a program. What its author wrote wrong is a TypeError; what its user may have written is not.
 */
import { createRequire } from 'node:module';
import { deepestJson, parseExactly } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonValue } from '../diagnostics/json.ts';
import type { LoadOptions, Moment, RequestOptions } from './interface.ts';

/** @throws TypeError if it is not text */
export function requireText(value: unknown, what: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string.`);
}

/** @throws TypeError if it is not a path, but the text of a file */
export function requirePath(value: unknown, what: string): asserts value is string {
  requireText(value, `The path of ${what}`);
  if (/[\r\n]|^\s*</.test(value)) throw new TypeError(`This is the text of ${what}, and not the path of its file.`);
}

const kinds = {
  any: () => true,
  switch: (value: unknown) => typeof value === 'boolean',
  text: (value: unknown) => typeof value === 'string',
  texts: (value: unknown) =>
    isRecord(value) && Object.values(value).every((one) => one === undefined || typeof one === 'string'),
  object: isRecord,
} satisfies Record<string, (value: unknown) => boolean>;

const kindNames: Readonly<Record<keyof typeof kinds, string>> = {
  any: '',
  switch: 'true or false',
  text: 'a string',
  texts: 'an object whose values are strings',
  object: 'an object',
};

/** The options of a function and what each of them takes; `any` is checked where it is read. */
export type OptionKinds<Options> = Readonly<Record<keyof Options & string, keyof typeof kinds>>;

/** The options of loading that a configuration and a policy share. */
export const loadKinds: OptionKinds<LoadOptions> = { environment: 'texts', now: 'any', standInKeys: 'switch' };

export const requestKinds: OptionKinds<RequestOptions> = { at: 'any' };

/** @throws TypeError for an option that does not exist or has another kind of value */
export function requireOptions<Options>(options: Options, known: OptionKinds<Options>): void {
  const names = Object.keys(known);
  if (!isRecord(options)) throw new TypeError(`The options must be an object with ${names.join(', ')}.`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(known, name)) {
      throw new TypeError(`\`${name}\` is not an option. The options are: ${names.join(', ')}.`);
    }
    const kind = known[name as keyof Options & string];
    if (value !== undefined && !kinds[kind](value)) throw new TypeError(`\`${name}\` must be ${kindNames[kind]}.`);
  }
}

/** What reads times sets globals when it is loaded, so it is loaded on first use. */
const require = createRequire(import.meta.url);

/** Milliseconds since the epoch; now if no time is given. @throws TypeError */
export function millisecondsOf(moment: Moment | undefined, option: string): number {
  if (moment === undefined) return Date.now();
  const { momentForm, readMoment }: typeof import('../trial/moment.ts') = require('../trial/moment.ts');
  const milliseconds = typeof moment === 'string' ? readMoment(moment) : timeOf(moment);
  if (milliseconds === undefined) throw new TypeError(`\`${option}\` takes a Date, or as text ${momentForm}.`);
  return milliseconds;
}

/** Undefined if it is no date, or one before 1970. */
function timeOf(moment: unknown): number | undefined {
  const milliseconds = moment instanceof Date ? moment.getTime() : Number.NaN;
  return milliseconds >= 0 ? milliseconds : undefined;
}

/** A process has no variables of `Object.prototype`. */
export function environmentOf(
  given: Readonly<Record<string, string | undefined>> | undefined,
): Readonly<Record<string, string | undefined>> {
  return Object.assign(Object.create(null), given);
}

interface TooDeep {
  readonly ok: false;
  readonly problem: { readonly code: 'trial.too-large'; readonly message: string };
}

/**
 * What `JSON.stringify` writes of a value.
 *
 * @throws TypeError if the value is not JSON: it refers to itself, or has a BigInt, a function or a Map
 */
export function jsonText(value: unknown, option: string): { readonly ok: true; readonly text: string } | TooDeep {
  if (!isRecord(value)) throw new TypeError(`\`${option}\` must be an object.`);
  try {
    const text = JSON.stringify(value, (_, member: unknown) => {
      const wrong = notJson(member);
      if (wrong !== undefined) throw new TypeError(`\`${option}\` has ${wrong}`);
      return member;
    });
    if (typeof text === 'string') return { ok: true, text };
    throw new TypeError(`\`${option}\` must be an object.`);
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(option);
    throw error;
  }
}

/** What JSON.stringify would omit or change without a word, and what to write instead. Undefined for JSON. */
function notJson(value: unknown): string | undefined {
  switch (typeof value) {
    case 'bigint':
      return 'a BigInt: write `JSON.rawJSON(String(value))`.';
    case 'function':
    case 'symbol':
      return `a ${typeof value}, which is not JSON.`;
    case 'number':
      return Number.isFinite(value) ? undefined : 'a number that is not finite, which is not JSON.';
    default:
      return isEmptyInJson(value)
        ? `a ${kindOf(value)}, which JSON has no form for: write an object with its members.`
        : undefined;
  }
}

/** Whether it is a Map, Headers, a Request …: all that it has is in its prototype or hidden. */
function isEmptyInJson(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).length > 0) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The prototype of plain objects has none, also that of another realm.
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

/** `Map` */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** The JSON of a value, with the order of its members and the digits of its numbers. @throws TypeError as above */
export function jsonRecord(
  value: unknown,
  option: string,
): { readonly ok: true; readonly record: Readonly<Record<string, JsonValue>> } | TooDeep {
  const written = jsonText(value, option);
  if (!written.ok) return written;
  try {
    const record = parseExactly(written.text);
    if (isRecord(record)) return { ok: true, record: record as Readonly<Record<string, JsonValue>> };
    throw new TypeError(`\`${option}\` must be an object.`);
  } catch (error) {
    // Of JSON that JSON.stringify has written, only the depth can be wrong.
    if (error instanceof SyntaxError) return tooDeep(option);
    throw error;
  }
}

function tooDeep(option: string): TooDeep {
  const message = `\`${option}\` is nested more than ${deepestJson} levels deep.`;
  return { ok: false, problem: { code: 'trial.too-large', message } };
}
