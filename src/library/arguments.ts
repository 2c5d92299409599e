/**
 * @module
 * The arguments of a program. What its author wrote wrong is a TypeError; what its user may have written is not.
 */
import { createRequire } from 'node:module';
import { deepestJson, parseExactly } from '../diagnostics/exact-json.ts';
import { isRecord, type JsonValue } from '../diagnostics/json.ts';
import type { Moment } from './interface.ts';

/** @throws TypeError if it is not text */
export function requireText(value: unknown, what: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string.`);
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
 * @throws TypeError if the value is not JSON: it refers to itself, or has a BigInt
 */
export function jsonText(value: unknown, option: string): { readonly ok: true; readonly text: string } | TooDeep {
  if (!isRecord(value)) throw new TypeError(`\`${option}\` must be an object.`);
  try {
    const text = JSON.stringify(value);
    if (typeof text === 'string') return { ok: true, text };
    throw new TypeError(`\`${option}\` must be an object.`);
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(option);
    throw error;
  }
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
