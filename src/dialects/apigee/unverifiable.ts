/**
 * @module
 * Warns of constants that make tokens which verifiers refuse: Apigee writes any value to any header parameter.
 */
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { PolicyReader, Spot } from './policy-reader.ts';

interface Rule {
  /** What the value must be, as the end of a sentence. */
  readonly must: string;
  accepts(value: JsonValue): boolean;
}

const isString = (value: JsonValue): boolean => typeof value === 'string';
const isStrings = (value: JsonValue): boolean => Array.isArray(value) && value.length > 0 && value.every(isString);

const text: Rule = { must: 'a string', accepts: isString };
const texts: Rule = { must: 'a list of strings that is not empty', accepts: isStrings };
const time: Rule = { must: 'a number of seconds', accepts: (value) => typeof value === 'number' };

/** RFC 7515 section 4.1, RFC 7797 section 7. */
const parameterRules: ReadonlyMap<string, Rule> = new Map([
  ['kid', text],
  ['cty', text],
  ['jku', text],
  ['x5u', text],
  ['x5t', text],
  ['x5t#S256', text],
  ['x5c', texts],
  ['crit', texts],
  ['jwk', { must: 'a JSON object', accepts: (value) => typeof value === 'object' && !Array.isArray(value) }],
  ['b64', { must: 'left out: a JWT is always encoded', accepts: (value) => value !== false && value !== 'false' }],
]);

/** RFC 7519 section 4.1. */
const claimRules: ReadonlyMap<string, Rule> = new Map([
  ['iss', text],
  ['sub', text],
  ['jti', text],
  ['exp', time],
  ['nbf', time],
  ['iat', time],
  ['aud', { must: 'a string or a list of strings', accepts: (value) => isString(value) || isStrings(value) }],
]);

export function checkParameter(reader: PolicyReader, at: Spot, name: string, value: JsonValue): void {
  check(reader, at, 'header parameter', parameterRules, name, value);
}

/** @param claims the members that a variable with the same value for every request adds to the claims */
export function checkClaims(reader: PolicyReader, at: Spot, claims: JsonObject): void {
  for (const [name, value] of Object.entries(claims)) {
    if (value !== null) check(reader, at, 'claim', claimRules, name, value);
  }
}

function check(
  reader: PolicyReader,
  at: Spot,
  noun: string,
  rules: ReadonlyMap<string, Rule>,
  name: string,
  value: JsonValue,
): void {
  const rule = rules.get(name);
  if (rule === undefined || rule.accepts(value)) return;
  reader.report('policy.unverifiable', at, {
    message: `Verifiers refuse the token: the ${noun} \`${name}\` must be ${rule.must}.`,
    suggestion:
      noun === 'claim' ? 'Correct the value of the variable.' : 'Correct the value and its `type`, or remove it.',
  });
}

/** Header parameters that every recipient must know, so that `crit` must not list them (RFC 7515 section 4.1.11). */
const registered = new Set(
  'alg typ cty kid jku jwk x5u x5c x5t x5t#S256 crit enc zip epk apu apv iv tag p2s p2c'.split(' '),
);

/** @param present the names of the additional header parameters */
export function checkCritical(
  reader: PolicyReader,
  at: SourceText,
  names: readonly string[],
  present: ReadonlySet<string>,
): void {
  const isWrong = names.length === 0 || names.some((name) => registered.has(name) || !present.has(name));
  if (!isWrong && new Set(names).size === names.length) return;
  reader.report('policy.unverifiable', at, {
    message:
      'Verifiers refuse the token: `crit` must list header parameters of the token, each once, and none that RFC 7515 defines.',
    suggestion: 'Add each name to `<AdditionalHeaders>`, or remove it here.',
  });
}
