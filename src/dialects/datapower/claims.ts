/**
 * @module
 * The claims, in the gateway's order: `jti`, `iss`, `sub`, `aud`, `exp`, `iat`, then the private ones (recorded
 * tokens).
 */
import { exactDigits, isObject, parseExactly } from '../../diagnostics/exact-json.ts';
import { called } from '../../diagnostics/harmless.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { needsOf, random, time } from '../../plan/needs.ts';
import { sentValue } from '../../plan/request-values.ts';
import type { Computed, Scope, Step } from '../../plan/token-plan.ts';
import { exact } from '../exact-value.ts';
import { unlikelyClaim } from '../registered-members.ts';
import { constantVariable } from './constants.ts';
import type { PolicyReader } from './policy-reader.ts';
import { listed, readName } from './property-text.ts';
import type { Properties } from './schema.ts';
import { compileInline, resolveVariable } from './variables.ts';

export function readClaims(reader: PolicyReader, properties: Properties): Step[] {
  return [
    ...(properties['jti-claim'] ? [readTokenId(reader)] : []),
    ...readIssuer(reader, properties),
    ...readSubject(reader, properties),
    ...readAudience(reader, properties),
    readExpiry(reader, properties),
    { kind: 'time', name: 'iat', offset: 0 },
    ...readPrivateClaims(reader, properties),
  ];
}

function readTokenId(reader: PolicyReader): Step {
  return {
    kind: 'computed',
    name: 'jti',
    value: sentValue([random], (scope) => scope.randomId()),
    place: reader.placeOf('jti-claim'),
  };
}

/** The vendor's default (vendor page, "Table 1"). */
const defaultIssuer = 'iss.claim';

function readIssuer(reader: PolicyReader, properties: Properties): Step[] {
  const isGiven = properties['iss-claim'] !== undefined;
  const name = isGiven ? readName(reader, properties, 'iss-claim') : reader.atPolicy(defaultIssuer);
  if (name === undefined) return [];
  const variable = stringVariable(resolveVariable(reader, name), name.text);
  const value: Computed = {
    needs: variable.needs,
    evaluate(scope) {
      const found = variable.evaluate(scope);
      if (found !== undefined) return found;
      const message = `${called('The variable', name.text)} of \`iss-claim\` has no value.`;
      throw new MintError('datapower.unset-variable', message, { subject: name.text });
    },
  };
  return [{ kind: 'computed', name: 'iss', value, place: name.placeAt(0) }];
}

function readSubject(reader: PolicyReader, properties: Properties): Step[] {
  const name = readName(reader, properties, 'sub-claim');
  if (name === undefined) return [];
  const value = stringVariable(optionalVariable(reader, name), name.text);
  return [{ kind: 'computed', name: 'sub', value, place: reader.placeOf('sub-claim') }];
}

/** Without a value, its claim is left out. */
function optionalVariable(reader: PolicyReader, name: SourceText): Computed {
  return reader.asOptional(() => resolveVariable(reader, name));
}

/** A claim that is a string (RFC 7519 section 2, StringOrURI). An empty string leaves the claim out. */
function stringVariable(variable: Computed, name: string): Computed<string> {
  return { needs: variable.needs, evaluate: (scope) => stringOf(variable.evaluate(scope), name) };
}

function stringOf(value: JsonValue | undefined, name: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(exact(value, name));
  const digits = exactDigits(value);
  if (digits !== undefined) return digits;
  const message = `${called('The variable', name)} must be a string, but it is ${Array.isArray(value) ? 'a list' : 'an object'}.`;
  throw new MintError('datapower.invalid-variable', message, { subject: name });
}

/** One variable or a comma-separated list of them. Each is a string, a comma-separated list, or an array. */
function readAudience(reader: PolicyReader, properties: Properties): Step[] {
  const property = readName(reader, properties, 'aud-claim');
  if (property === undefined) return [];
  const variables = listed(property).map((name) => ({ name: name.text, variable: optionalVariable(reader, name) }));
  const value: Computed = {
    needs: () => needsOf(...variables.map(({ variable }) => variable)),
    evaluate(scope) {
      const found = variables.map(({ name, variable }) => audienceOf(variable.evaluate(scope), name));
      const [only] = found;
      if (found.length === 1 && only !== undefined) return only.isList ? nonEmpty(only.values) : only.values[0];
      return nonEmpty(found.flatMap(({ values }) => values));
    },
  };
  return [{ kind: 'computed', name: 'aud', value, place: reader.placeOf('aud-claim') }];
}

function nonEmpty(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}

function audienceOf(
  value: JsonValue | undefined,
  name: string,
): { readonly values: readonly string[]; readonly isList: boolean } {
  const items = Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
  if (items !== undefined) {
    return {
      values: items.map((item) => stringOf(item, name)).filter((item) => item !== undefined),
      isList: true,
    };
  }
  const text = stringOf(value, name);
  const parts = text?.split(',').map((part) => part.trim()) ?? [];
  return { values: parts.filter((part) => part !== ''), isList: text?.includes(',') === true };
}

/** The vendor's limits, in seconds; the maximum is a leap year. */
const minLifetime = 1;
const maxLifetime = 31_622_400;

function readExpiry(reader: PolicyReader, properties: Properties): Step {
  const given = properties['exp-claim'] ?? '3600';
  if (!given.includes('$(')) {
    const seconds = secondsOf(given);
    if (seconds === undefined) {
      reader.reportProperty('policy.invalid-value', 'exp-claim', {
        message: `\`exp-claim\` must be a whole number of seconds from ${minLifetime} to ${maxLifetime}.`,
      });
    }
    const place = properties['exp-claim'] === undefined ? undefined : reader.placeOf('exp-claim');
    return { kind: 'time', name: 'exp', offset: seconds ?? 0, place };
  }
  const text = reader.textAt('exp-claim');
  const inline = compileInline(reader, text, reader.before);
  const value: Computed = { needs: () => [...inline.needs(), time], evaluate: (scope) => expiryOf(inline, scope) };
  return { kind: 'computed', name: 'exp', value, place: reader.placeOf('exp-claim') };
}

function expiryOf(inline: Computed, scope: Scope): number {
  const value = inline.evaluate(scope);
  const seconds = typeof value === 'string' || typeof value === 'number' ? secondsOf(String(value)) : undefined;
  if (seconds !== undefined) return Math.floor(scope.now / 1000) + seconds;
  const message = `The value of \`exp-claim\` is not a whole number of seconds from ${minLifetime} to ${maxLifetime}.`;
  throw new MintError('datapower.invalid-variable', message, { subject: 'exp-claim' });
}

function secondsOf(text: string): number | undefined {
  const seconds = /^\d{1,8}$/.test(text) ? Number(text) : 0;
  return seconds >= minLifetime && seconds <= maxLifetime ? seconds : undefined;
}

function readPrivateClaims(reader: PolicyReader, properties: Properties): Step[] {
  const name = readName(reader, properties, 'private-claims');
  if (name === undefined) return [];
  const variable = optionalVariable(reader, name);
  checkPrivateClaims(reader, name);
  const value: Computed<JsonObject> = {
    needs: variable.needs,
    evaluate: (scope) => claimsOf(variable.evaluate(scope), name),
  };
  return [{ kind: 'members', value, place: reader.placeOf('private-claims') }];
}

/** Warns of claims that are the same for every request and that verifiers refuse. */
function checkPrivateClaims(reader: PolicyReader, name: SourceText): void {
  const constant = constantVariable(reader, name.text);
  const value = typeof constant?.value === 'string' ? parsed(constant.value) : constant?.value;
  if (value === undefined || !isObject(value)) return;
  for (const [claim, content] of Object.entries(value)) {
    const wanted = content === null ? undefined : unlikelyClaim(claim, content);
    if (wanted === undefined) continue;
    reader.report('policy.unverifiable', constant?.place ?? name, {
      message: `Verifiers refuse the token: the claim \`${claim}\`, which the variable sets, must be ${wanted}.`,
      suggestion: 'Correct the value of the variable.',
    });
  }
}

function claimsOf(value: JsonValue | undefined, name: SourceText): JsonObject | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const claims = typeof value === 'string' ? parsed(value) : value;
  if (claims !== undefined && isObject(claims) && isShallow(claims, maxClaimDepth)) return exact(claims, name.text);
  const message = `${called('The variable', name.text)} of \`private-claims\` is not a JSON object, or it nests more than ${maxClaimDepth} levels deep.`;
  throw new MintError('datapower.invalid-variable', message, { subject: name.text });
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

/** Nesting of private claims. Deeper claims could be an attack on the backend's parser. */
const maxClaimDepth = 64;

function isShallow(value: JsonValue, maxDepth: number): boolean {
  if (typeof value !== 'object' || value === null || exactDigits(value) !== undefined) return true;
  return maxDepth > 0 && Object.values(value).every((inner) => isShallow(inner, maxDepth - 1));
}
