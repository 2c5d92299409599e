/**
 * @module
 * The claims, in the gateway's order: `jti`, `iss`, `sub`, `aud`, `exp`, `iat`, then the private ones (recorded tokens).
 */
import { exactDigits, parseExactly } from '../../diagnostics/exact-json.ts';
import { called } from '../../diagnostics/harmless.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Computed, Scope, Step } from '../../plan/token-plan.ts';
import { exact } from '../exact-value.ts';
import { listed, readName } from './property-text.ts';
import type { Reading } from './reading.ts';
import { isRecord } from './record.ts';
import type { Properties } from './schema.ts';
import { compileInline, resolveVariable } from './variables.ts';

export function readClaims(reading: Reading, properties: Properties): Step[] {
  return [
    ...(properties['jti-claim'] ? [readTokenId(reading)] : []),
    ...readIssuer(reading, properties),
    ...readSubject(reading, properties),
    ...readAudience(reading, properties),
    readExpiry(reading, properties),
    { kind: 'time', name: 'iat', offset: 0 },
    ...readPrivateClaims(reading, properties),
  ];
}

function readTokenId(reading: Reading): Step {
  const value: Computed = { evaluate: (scope) => scope.randomId() };
  return {
    kind: 'computed',
    name: 'jti',
    value,
    place: reading.placeOf('jti-claim'),
  };
}

function readIssuer(reading: Reading, properties: Properties): Step[] {
  const name = readName(reading, properties, 'iss-claim');
  if (name === undefined) {
    if (properties['iss-claim'] !== undefined) return [];
    reading.reportProperty('policy.missing-key', 'iss-claim', {
      message: '`iss-claim` is missing.',
      suggestion: "Write `iss-claim: iss.claim`, which is the vendor's default, and set that variable.",
    });
    return [];
  }
  const text = textVariable(resolveVariable(reading, name), name.text);
  const value: Computed = {
    evaluate(scope) {
      const found = text.evaluate(scope);
      if (found !== undefined) return found;
      const message = `${called('The variable', name.text)} of \`iss-claim\` has no value.`;
      throw new MintError('datapower.unset-variable', message, { subject: name.text });
    },
  };
  return [{ kind: 'computed', name: 'iss', value, place: reading.placeOf('iss-claim') }];
}

function readSubject(reading: Reading, properties: Properties): Step[] {
  const name = readName(reading, properties, 'sub-claim');
  if (name === undefined) return [];
  const value = textVariable(resolveVariable(reading, name), name.text);
  return [{ kind: 'computed', name: 'sub', value, place: reading.placeOf('sub-claim') }];
}

/** A claim that is a text (RFC 7519 section 2, StringOrURI); an empty one is none. */
function textVariable(variable: Computed, name: string): Computed<string> {
  return { evaluate: (scope) => textOrNothing(variable.evaluate(scope), name) };
}

function textOrNothing(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(exact(value, name));
  const message = `${called('The variable', name)} holds ${Array.isArray(value) ? 'a list' : 'an object'} where a text is needed.`;
  throw new MintError('datapower.invalid-variable', message, { subject: name });
}

/** One variable or a comma list of them; each holds a text, a comma list of texts, or an array. */
function readAudience(reading: Reading, properties: Properties): Step[] {
  const property = readName(reading, properties, 'aud-claim');
  if (property === undefined) return [];
  const variables = listed(property).map((name) => ({ name: name.text, variable: resolveVariable(reading, name) }));
  const value: Computed = {
    evaluate(scope) {
      const found = variables.map(({ name, variable }) => audienceOf(variable.evaluate(scope), name));
      const [only] = found;
      if (found.length === 1 && only !== undefined) return only.isList ? listOrNothing(only.values) : only.values[0];
      return listOrNothing(found.flatMap(({ values }) => values));
    },
  };
  return [{ kind: 'computed', name: 'aud', value, place: reading.placeOf('aud-claim') }];
}

function listOrNothing(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}

function audienceOf(
  value: JsonValue | undefined,
  name: string,
): { readonly values: readonly string[]; readonly isList: boolean } {
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
  if (items !== undefined) {
    return {
      values: items.map((item) => textOrNothing(item, name)).filter((item) => item !== undefined),
      isList: true,
    };
  }
  const text = textOrNothing(value, name);
  const parts = text?.split(',').map((part) => part.trim()) ?? [];
  return { values: parts.filter((part) => part !== ''), isList: text?.includes(',') === true };
}

/** The vendor's bounds, in seconds; a leap year is the longest. */
const shortestLife = 1;
const longestLife = 31_622_400;

function readExpiry(reading: Reading, properties: Properties): Step {
  const given = properties['exp-claim'] ?? '3600';
  if (!given.includes('$(')) {
    const seconds = secondsOf(given);
    if (seconds === undefined) {
      reading.reportProperty('policy.invalid-value', 'exp-claim', {
        message: `\`exp-claim\` must be a whole number of seconds from ${shortestLife} to ${longestLife}.`,
      });
    }
    return { kind: 'time', name: 'exp', offset: seconds ?? 0 };
  }
  const text = reading.textAt('exp-claim');
  const inline = compileInline(reading, text, reading.before);
  const value: Computed = { evaluate: (scope) => expiryOf(inline, scope) };
  return { kind: 'computed', name: 'exp', value, place: reading.placeOf('exp-claim') };
}

function expiryOf(inline: Computed, scope: Scope): number {
  const value = inline.evaluate(scope);
  const seconds = typeof value === 'string' || typeof value === 'number' ? secondsOf(String(value)) : undefined;
  if (seconds !== undefined) return Math.floor(scope.now / 1000) + seconds;
  const message = `What \`exp-claim\` reads is no whole number of seconds from ${shortestLife} to ${longestLife}.`;
  throw new MintError('datapower.invalid-variable', message, { subject: 'exp-claim' });
}

function secondsOf(text: string): number | undefined {
  const seconds = /^\d{1,8}$/.test(text) ? Number(text) : 0;
  return seconds >= shortestLife && seconds <= longestLife ? seconds : undefined;
}

function readPrivateClaims(reading: Reading, properties: Properties): Step[] {
  const name = readName(reading, properties, 'private-claims');
  if (name === undefined) return [];
  const variable = resolveVariable(reading, name);
  const value: Computed<JsonObject> = { evaluate: (scope) => claimsOf(variable.evaluate(scope), name) };
  return [{ kind: 'members', value, place: reading.placeOf('private-claims') }];
}

function claimsOf(value: JsonValue | undefined, name: SourceText): JsonObject | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const claims = typeof value === 'string' ? parsed(value) : value;
  if (isRecord(claims) && isShallow(claims as JsonObject, deepestClaims)) return exact(claims as JsonObject, name.text);
  const message = `${called('The variable', name.text)} of \`private-claims\` holds no JSON object, or one that nests too deep.`;
  throw new MintError('datapower.invalid-variable', message, { subject: name.text });
}

function parsed(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

/** Deeper claims would be an attack on whoever reads them. */
const deepestClaims = 64;

function isShallow(value: JsonValue, left: number): boolean {
  if (typeof value !== 'object' || value === null || exactDigits(value) !== undefined) return true;
  return left > 0 && Object.values(value).every((inner) => isShallow(inner, left - 1));
}
