/**
 * @module
 * The functions of message templates, one row each (vendor page, "Message template functions").
 *
 * Left out: `xpath`, `xeger` and the HMAC functions, whose key would be a private variable in a template.
 */

import { parseJson } from '../../diagnostics/exact-json.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { Scope } from '../../plan/token-plan.ts';
import { parseJsonPath } from './json-path.ts';
import { randomLong } from './random-long.ts';
import { makeReplace } from './replace.ts';
import { base64Of, digest, escapeHtml, escapeJson, escapeXml, escapeXml11, fromBase64 } from './text-encodings.ts';
import { readTime, substring } from './text-functions.ts';
import { compileTimeFormat } from './time-format.ts';
import { textOf } from './value-text.ts';

/** What is wrong with a call, as the beginning of a sentence. */
export class TemplateMistake extends Error {
  override readonly name = 'TemplateMistake';
}

/** Arguments without a value are undefined; so is the result where there is none. */
type Evaluate = (args: readonly (string | undefined)[], scope: Scope) => string | undefined;

interface Row {
  readonly fewest: number;
  readonly most: number;
  /**
   * @param literals the arguments that are known now; the others are undefined
   * @throws TemplateMistake where one of them cannot be
   */
  make(literals: readonly (string | undefined)[]): Evaluate;
}

/** A function of one text. */
const ofText = (compute: (text: string) => string | undefined): Row => ({
  fewest: 1,
  most: 1,
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
  ['createUuid', { fewest: 0, most: 0, make: () => (_, scope) => scope.randomId() }],
  ['decodeBase64', ofText(fromBase64)],
  ['encodeBase64', ofText(base64Of)],
  ['encodeHTML', ofText(escapeHtml)],
  ['escapeJSON', ofText(escapeJson)],
  ['escapeXML', ofText(escapeXml)],
  ['escapeXML11', ofText(escapeXml11)],
  ['firstnonnull', { fewest: 1, most: 32, make: () => (args) => args.find((arg) => arg !== undefined) }],
  ['jsonPath', { fewest: 2, most: 3, make: makeJsonPath }],
  ['randomLong', { fewest: 0, most: 2, make: () => (args, scope) => randomLong(args, scope.randomId()) }],
  ['replaceAll', { fewest: 3, most: 3, make: (literals) => makeReplace(literals, 'g', TemplateMistake) }],
  ['replaceFirst', { fewest: 3, most: 3, make: (literals) => makeReplace(literals, '', TemplateMistake) }],
  ['substring', { fewest: 2, most: 3, make: () => substring }],
  ['timeFormat', { fewest: 2, most: 2, make: (literals) => makeTimeFormat(literals, 1000) }],
  ['timeFormatMs', { fewest: 2, most: 2, make: (literals) => makeTimeFormat(literals, 1) }],
  ['timeFormatUTC', { fewest: 2, most: 2, make: (literals) => makeTimeFormat(literals, 1000) }],
  ['timeFormatUTCMs', { fewest: 2, most: 2, make: (literals) => makeTimeFormat(literals, 1) }],
  ['toLowerCase', ofText((text) => text.toLowerCase())],
  ['toUpperCase', ofText((text) => text.toUpperCase())],
]);

function makeTimeFormat([literal]: readonly (string | undefined)[], unit: number): Evaluate {
  const fixed = literal === undefined ? undefined : compileTimeFormat(literal);
  if (literal !== undefined && fixed === undefined)
    throw new TemplateMistake('The format of the time is not one of SimpleDateFormat');
  return ([format, at]) => {
    const milliseconds = readTime(at, unit);
    const write = fixed ?? (format === undefined ? undefined : compileTimeFormat(format));
    return milliseconds === undefined ? undefined : write?.(milliseconds);
  };
}

function makeJsonPath([literal]: readonly (string | undefined)[]): Evaluate {
  const fixed = literal === undefined ? undefined : parseJsonPath(literal);
  if (literal !== undefined && fixed === undefined) {
    throw new TemplateMistake('`jsonPath` reads names, indexes and wildcards here, and this path has something else');
  }
  return ([path, json, wantArray]) => {
    const select = fixed ?? (path === undefined ? undefined : parseJsonPath(path));
    if (json === undefined || select === undefined) return undefined;
    const value = parsed(json);
    return value === undefined ? '' : found(select(value), wantArray === 'true');
  };
}

function parsed(json: string): JsonValue | undefined {
  try {
    return parseJson(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** One value; of a list, whether it was found or is the result, the first item unless the whole is wanted. */
function found(values: readonly JsonValue[], whole: boolean): string {
  const [first] = values;
  const result: JsonValue | undefined = values.length > 1 ? values : first;
  const shown = Array.isArray(result) && !whole ? result[0] : result;
  return shown === undefined || shown === null ? '' : textOf(shown);
}
