/**
 * @module
 * Constant claims and header parameters whose value no verifier takes: RFC 7519 section 4.1 and RFC 7515 section 4.1
 * say which type a registered one has, and the libraries refuse a token with another type, or ignore the claim.
 */
import type { JsonValue } from '../diagnostics/json.ts';

/** What a value should be; undefined if the member is not registered, or has a usual value. */
export type Unlikely = (name: string, value: JsonValue) => string | undefined;

const text = 'a string';
const seconds = 'a number of seconds since 1970-01-01';

interface Wanted {
  readonly what: string;
  fits(value: JsonValue): boolean;
}

const isText = (value: JsonValue): boolean => typeof value === 'string';
const isNumber = (value: JsonValue): boolean => typeof value === 'number';
const isList = (value: JsonValue): boolean => Array.isArray(value) && value.length > 0 && value.every(isText);

const includes = (value: JsonValue, name: string): boolean => Array.isArray(value) && value.includes(name);

const claims: ReadonlyMap<string, Wanted> = new Map([
  ['iss', { what: text, fits: isText }],
  ['sub', { what: text, fits: isText }],
  ['jti', { what: text, fits: isText }],
  [
    'aud',
    { what: 'a string, or a list of strings that is not empty', fits: (value) => isText(value) || isList(value) },
  ],
  ['exp', { what: seconds, fits: isNumber }],
  ['nbf', { what: seconds, fits: isNumber }],
  ['iat', { what: seconds, fits: isNumber }],
]);

const parameters: ReadonlyMap<string, Wanted> = new Map([
  ['kid', { what: 'a string that is not empty', fits: (value) => isText(value) && value !== '' }],
  ['cty', { what: text, fits: isText }],
  ['x5t', { what: text, fits: isText }],
  ['jku', { what: text, fits: isText }],
  ['x5u', { what: text, fits: isText }],
  ['x5c', { what: 'a list of strings', fits: isList }],
  // RFC 7797: only for tokens whose payload is not encoded, which no policy makes.
  ['b64', { what: 'true, because the claims are always encoded', fits: (value) => value === true }],
  ['crit', { what: 'a list of names without `b64`', fits: (value) => isList(value) && !includes(value, 'b64') }],
]);

export const unlikelyClaim: Unlikely = (name, value) => unlikely(claims, name, value);
export const unlikelyParameter: Unlikely = (name, value) => unlikely(parameters, name, value);

function unlikely(wanted: ReadonlyMap<string, Wanted>, name: string, value: JsonValue): string | undefined {
  const row = wanted.get(name);
  return row === undefined || row.fits(value) ? undefined : row.what;
}
