/**
 * @module
 * Reads JSON Web Keys and sets of them (RFC 7517) when a policy loads, and checks what they say of their own use.
 */

import type { KeyObject } from 'node:crypto';
import { isRecord, parsedRecord } from '../diagnostics/json.ts';
import { type KeyFinding, keyError } from './key-finding.ts';
import { type JwkMembers, type KeyType, keyTypes } from './key-types.ts';

export interface Jwk {
  readonly key: KeyObject;
  readonly kid: string | undefined;
  /** Its `use`, `key_ops` and `alg`; undefined if it has none. */
  readonly use: string | undefined;
  readonly operations: readonly string[] | undefined;
  readonly algorithm: string | undefined;
}

/** What a policy wants a JWK for. */
export interface JwkPurpose {
  readonly use: 'sig' | 'enc';
  /** The values that its `alg` may have, if it has one. */
  readonly algorithms: readonly string[];
  /** The operations of which its `key_ops` must have one, if it has `key_ops`. */
  readonly operations: readonly string[];
}

type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly finding: KeyFinding };

/** The maximum size of a file (configuration/files.ts): enough for thousands of RSA keys. */
const maxLength = 4 * 1024 * 1024;

/** Reads one JWK. A finding contains no part of the text. */
export function readJwk(text: string): Reading<Jwk> {
  return text.length > maxLength ? tooLong : readMembers(parsedRecord(text));
}

/** The members of a JWK set, not yet read. `readJwkMembers` reads one. */
export function readJwkSet(text: string): Reading<readonly unknown[]> {
  if (text.length > maxLength) return tooLong;
  const keys = parsedRecord(text)?.['keys'];
  return Array.isArray(keys) ? { ok: true, value: keys } : notSet;
}

/** Reads a JWK that is parsed already. */
export function readJwkMembers(value: unknown): Reading<Jwk> {
  return readMembers(isRecord(value) ? value : undefined);
}

function readMembers(members: JwkMembers | undefined): Reading<Jwk> {
  if (members === undefined) {
    return malformed(
      'This is not a JWK: it is not a JSON object.',
      'Write {"kty": …}. In a folded block of YAML, indent all lines alike, and write nothing outside the braces.',
    );
  }
  if (Array.isArray(members['keys'])) {
    return malformed(
      'This is a JWK set, but one key is needed.',
      'Write one member of `keys`, or `jwks: FILE` with `kid: NAME`.',
    );
  }
  return importKey(members);
}

/** The key of a JWK set with this `kid`. */
export function readFromJwkSet(text: string, kid: string): Reading<Jwk> {
  const set = readJwkSet(text);
  if (!set.ok) return set;
  const [found, second] = set.value.filter(isRecord).filter((key) => key['kid'] === kid);
  if (found === undefined || second !== undefined) {
    const message = `The JWK set has ${found === undefined ? 'no key' : 'several keys'} with this \`kid\`.`;
    return { ok: false, finding: keyError('jose.no-matching-key', message) };
  }
  return importKey(found);
}

/** Whether the JWK allows the purpose (RFC 7517 sections 4.2 and 4.3). */
export function checkPurpose(jwk: Jwk, purpose: JwkPurpose): readonly KeyFinding[] {
  const findings: KeyFinding[] = [];
  if (jwk.use !== undefined && jwk.use !== purpose.use) {
    findings.push(wrongUse(`\`use\` must be \`${purpose.use}\` here.`));
  }
  if (jwk.operations !== undefined && !purpose.operations.some((name) => jwk.operations?.includes(name))) {
    const names = purpose.operations.map((name) => `\`${name}\``).join(' or ');
    findings.push(wrongUse(`\`key_ops\` must contain ${names} here.`));
  }
  return findings;
}

function wrongUse(sentence: string): KeyFinding {
  return keyError('jose.wrong-key-use', `The JWK is for another use: ${sentence}`);
}

function importKey(members: JwkMembers): Reading<Jwk> {
  const type = keyTypes.get(members['kty']);
  if (type === undefined) return malformed('The JWK has no known `kty`.', `It must be one of ${knownTypes}.`);
  const has = (name: string): boolean => members[name] !== undefined;
  const isPrivate = type.private !== undefined && has(type.private);
  const optional = type.optional?.some(has) ? type.optional : [];
  for (const name of isPrivate ? [type.required, type.private, optional].flat() : type.required) {
    const finding = checkEncoded(name, members[name]);
    if (finding !== undefined) return { ok: false, finding };
  }
  const statements = readStatements(members);
  if (!statements.ok) return statements;
  const missing = isPrivate ? type.checkPresent?.(members) : undefined;
  if (missing !== undefined) return malformed(missing.message, missing.suggestion);
  const key = toKey(type, members, isPrivate);
  return key === undefined
    ? malformed('The JWK does not contain a valid key: its members do not fit each other.')
    : { ok: true, value: { key, ...statements.value } };
}

const knownTypes = [...keyTypes.values()].map(({ kty }) => kty).join(', ');

function toKey(type: KeyType, members: JwkMembers, isPrivate: boolean): KeyObject | undefined {
  try {
    return type.toKey(members, isPrivate);
  } catch {
    return undefined;
  }
}

function checkEncoded(name: string, value: unknown): KeyFinding | undefined {
  if (typeof value !== 'string' || value === '') return malformed(`The JWK has no string \`${name}\`.`).finding;
  if (/\s/.test(value)) {
    return malformed(
      `\`${name}\` of the JWK contains whitespace.`,
      'A folded block of YAML turns a line break into a space. Write each value on one line.',
    ).finding;
  }
  if (/^[\w-]+$/.test(value) && value.length % 4 !== 1) return undefined;
  return malformed(
    `\`${name}\` of the JWK is not valid base64url.`,
    'Use letters, digits, `-` and `_` only, without `=` at the end.',
  ).finding;
}

function malformed(message: string, suggestion?: string): { readonly ok: false; readonly finding: KeyFinding } {
  return { ok: false, finding: keyError('jose.malformed-jwk', message, suggestion) };
}

const notSet = malformed('This is not a JWK set: it is not a JSON object with an array `keys`.');
const tooLong = malformed(`The text is too long for a JWK or a JWK set: the maximum is ${maxLength} characters.`);

/** What the key says of itself. A statement of the wrong type is refused, because ignoring it would lift a limit. */
function readStatements(members: JwkMembers): Reading<Omit<Jwk, 'key'>> {
  const { kid, use, alg: algorithm, key_ops: operations } = members;
  if (!isOptionalString(kid)) return notString('kid');
  if (!isOptionalString(use) || use === '') return notString('use');
  if (!isOptionalString(algorithm) || algorithm === '') return notString('alg');
  if (operations !== undefined && !isStrings(operations)) {
    return malformed('`key_ops` of the JWK is not an array of strings.', 'Write `"key_ops": ["sign"]`, or omit it.');
  }
  return { ok: true, value: { kid: kid === '' ? undefined : kid, use, algorithm, operations } };
}

function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function notString(name: string): ReturnType<typeof malformed> {
  return malformed(`\`${name}\` of the JWK is not a string, or is empty.`, `Write \`"${name}": "…"\`, or omit it.`);
}
