/**
 * @module
 * The functions of message templates, one row for each (vendor page, "Message template functions").
 *
 * Not supported: `xpath`, `xeger` and the HMAC functions, whose key would be a private variable in a template.
 */

import { parseExactly } from '../../diagnostics/exact-json.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Scope } from '../../plan/token-plan.ts';
import { parseJsonPath } from './json-path.ts';
import { replace, safeExpression } from './replace.ts';
import { base64Of, digest, escapeHtml, escapeJson, escapeXml, escapeXml11, fromBase64 } from './text-encodings.ts';
import { compileTimeFormat } from './time-format.ts';
import { textOf } from './value-text.ts';

/** An invalid argument; `message` is a sentence without its full stop. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/** Arguments without a value are undefined; so is a result without a value. */
type Evaluate = (args: readonly (string | undefined)[], scope: Pick<Scope, 'randomId'>) => string | undefined;

interface Row {
  /** Whether it takes something of the scope. */
  readonly isRandom?: true;
  /** The minimum and maximum number of arguments. */
  readonly min: number;
  readonly max: number;
  /**
   * @param literals the arguments that do not depend on the request; the others are undefined
   * @throws ArgumentError if one of them is invalid
   */
  make(literals: readonly (string | undefined)[]): Evaluate;
}

/** A function of one string. */
const ofText = (compute: (text: string) => string | undefined): Row => ({
  min: 1,
  max: 1,
  make:
    () =>
    ([text]) =>
      text === undefined ? undefined : compute(text),
});

const hashRows = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'].flatMap((hash): [string, Row][] => [
  [`${hash}Hex`, ofText((text) => digest(hash, text, 'hex'))],
  [`${hash}Base64`, ofText((text) => digest(hash, text, 'base64'))],
]);

export const templateFunctions: ReadonlyMap<string, Row> = new Map<string, Row>([
  ...hashRows,
  ['createUuid', { isRandom: true, min: 0, max: 0, make: () => (_, scope) => scope.randomId() }],
  ['decodeBase64', ofText(fromBase64)],
  ['encodeBase64', ofText(base64Of)],
  ['encodeHTML', ofText(escapeHtml)],
  ['escapeJSON', ofText(escapeJson)],
  ['escapeXML', ofText(escapeXml)],
  ['escapeXML11', ofText(escapeXml11)],
  ['firstnonnull', { min: 1, max: 32, make: () => (args) => args.find((arg) => arg !== undefined) }],
  ['jsonPath', { min: 2, max: 3, make: makeJsonPath }],
  ['randomLong', { isRandom: true, min: 0, max: 2, make: () => (args, scope) => randomLong(args, scope.randomId()) }],
  ['replaceAll', { min: 3, max: 3, make: (literals) => makeReplace(literals, 'g') }],
  ['replaceFirst', { min: 3, max: 3, make: (literals) => makeReplace(literals, '') }],
  ['substring', { min: 2, max: 3, make: () => substring }],
  ['timeFormat', { min: 2, max: 2, make: (literals) => makeTimeFormat(literals, 1000) }],
  ['timeFormatMs', { min: 2, max: 2, make: (literals) => makeTimeFormat(literals, 1) }],
  ['timeFormatUTC', { min: 2, max: 2, make: (literals) => makeTimeFormat(literals, 1000) }],
  ['timeFormatUTCMs', { min: 2, max: 2, make: (literals) => makeTimeFormat(literals, 1) }],
  ['toLowerCase', ofText((text) => text.toLowerCase())],
  ['toUpperCase', ofText((text) => text.toUpperCase())],
]);

/** Compiles an argument when the policy loads if it is a literal, else for each request. */
function compileArgument<T>(
  literal: string | undefined,
  compile: (text: string) => T | undefined,
  invalid: string,
): (text: string | undefined) => T | undefined {
  if (literal === undefined) return (text) => (text === undefined ? undefined : compile(text));
  const compiled = compile(literal);
  if (compiled === undefined) throw new ArgumentError(invalid);
  return () => compiled;
}

function makeReplace([, literal]: readonly (string | undefined)[], flags: '' | 'g'): Evaluate {
  const compile = (text: string) => safeExpression(text, flags);
  const invalid = 'This regular expression is invalid, or it uses groups, look-arounds or several `*` and `+`';
  const expressionOf = compileArgument(literal, compile, invalid);
  return ([text, argument, replacement]) => {
    const expression = expressionOf(argument);
    if (text === undefined || replacement === undefined || expression === undefined) return undefined;
    return replace(expression, text, replacement);
  };
}

function makeTimeFormat([literal]: readonly (string | undefined)[], unit: number): Evaluate {
  const invalid = 'mintproc does not support this time format of SimpleDateFormat';
  const formatOf = compileArgument(literal, compileTimeFormat, invalid);
  return ([format, at]) => {
    const milliseconds = readTime(at, unit);
    return milliseconds === undefined ? undefined : formatOf(format)?.(milliseconds);
  };
}

function makeJsonPath([literal]: readonly (string | undefined)[]): Evaluate {
  const invalid = 'mintproc supports only names, indexes and wildcards in the path of `jsonPath`';
  const selectOf = compileArgument(literal, parseJsonPath, invalid);
  return ([path, json, wantArray]) => {
    const select = selectOf(path);
    if (json === undefined || select === undefined) return undefined;
    const value = parsed(json);
    return value === undefined ? '' : resultOf(select(value), wantArray === 'true');
  };
}

function parsed(json: string): JsonValue | undefined {
  try {
    return parseExactly(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The value found, or the list of the values if there are several. If `wantArray` is false, only the first item of a
 * list.
 */
function resultOf(values: readonly JsonValue[], wantArray: boolean): string {
  const [first] = values;
  const result: JsonValue | undefined = values.length > 1 ? values : first;
  const shown = Array.isArray(result) && !wantArray ? result[0] : result;
  return shown === undefined || shown === null ? '' : textOf(shown);
}

/**
 * `substring(text, start[, end])`: positions are counted from 0, and negative ones from the end. Positions outside the
 * text mean its start or end.
 */
function substring([text, start, end]: readonly (string | undefined)[]): string | undefined {
  if (text === undefined || start === undefined) return undefined;
  const from = readInteger(start);
  const to = end === undefined ? text.length : readInteger(end);
  return from === undefined || to === undefined ? undefined : text.slice(from, to);
}

/** The last time that Date can represent. */
const maxTime = 8_640_000_000_000_000;

/** The time in a variable, in milliseconds since the epoch. @param unit the unit of the text, in milliseconds */
function readTime(text: string | undefined, unit: number): number | undefined {
  const time = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) * unit : Number.NaN;
  return time <= maxTime ? time : undefined;
}

function readInteger(text: string): number | undefined {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const maxLong = 2n ** 63n - 1n;

/**
 * `randomLong([min[, max]])`: a random integer from the bits of a random UUID, which is the only source of randomness
 * that a dialect is given.
 *
 * @param uuid version 4; the digits of its version and variant are not random and are left out
 */
function randomLong([min, max]: readonly (string | undefined)[], uuid: string): string | undefined {
  const from = min === undefined ? 0n : readLong(min);
  const to = max === undefined ? maxLong : readLong(max);
  if (from === undefined || to === undefined || to < from) return undefined;
  const digits = uuid.replaceAll('-', '');
  const bits = BigInt(`0x${digits.slice(0, 12)}${digits.slice(13, 16)}${digits.slice(17)}`);
  return String(from + (bits % (to - from + 1n)));
}

function readLong(text: string): bigint | undefined {
  return /^-?\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}
