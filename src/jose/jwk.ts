/**
 * @module
 * JSON Web Keys and sets of them (RFC 7517): read when a policy loads, and held to what they say of their own use.
 */
import { createPrivateKey, createPublicKey, createSecretKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { findPrimes } from './rsa-primes.ts';
import type { KeyFinding } from './signing-key.ts';

export interface Jwk {
  readonly key: KeyObject;
  readonly kid: string | undefined;
  /** What it says of its own use; undefined where it does not. */
  readonly use: string | undefined;
  readonly operations: readonly string[] | undefined;
  readonly algorithm: string | undefined;
}

/** What a policy wants a JWK for. */
export interface JwkPurpose {
  readonly use: 'sig' | 'enc';
  /** The names of which its `alg`, where it has one, must be one. */
  readonly algorithms: readonly string[];
  /** The operations of which its `key_ops`, where it has them, must have one. */
  readonly operations: readonly string[];
}

type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly finding: KeyFinding };

/** As much as a file may hold (configuration/files.ts): a set of thousands of RSA keys. */
const longestText = 4 * 1024 * 1024;

/** Reads one JWK. Nothing of its text is in a finding. */
export function readJwk(text: string): Reading<Jwk> {
  return text.length > longestText ? tooLong : readMembers(parse(text));
}

/** The members of a JWK set as they stand, for `readJwkMembers`. */
export function readJwkSet(text: string): Reading<readonly unknown[]> {
  if (text.length > longestText) return tooLong;
  const keys = parse(text)?.['keys'];
  return Array.isArray(keys) ? { ok: true, value: keys } : notSet;
}

/** A JWK that was parsed already. */
export function readJwkMembers(value: unknown): Reading<Jwk> {
  return readMembers(isRecord(value) ? value : undefined);
}

function readMembers(members: Members | undefined): Reading<Jwk> {
  if (members === undefined) {
    return malformed(
      'This is not a JWK: not a JSON object.',
      'Write {"kty": …}. In a folded block of YAML, indent every line alike and end it with no text outside the braces.',
    );
  }
  if (Array.isArray(members['keys'])) {
    return malformed('This is a set of keys, and one key is needed.', 'Write the member of `keys` that is meant.');
  }
  return importKey(members);
}

/** The key of a JWK set with this `kid`. */
export function readFromJwkSet(text: string, kid: string): Reading<Jwk> {
  if (text.length > longestText) return tooLong;
  const keys = parse(text)?.['keys'];
  if (!Array.isArray(keys)) return notSet;
  const [found, second] = keys.filter((key) => isRecord(key) && key['kid'] === kid);
  if (found === undefined || second !== undefined) {
    const message = `The set has ${found === undefined ? 'no key' : 'several keys'} of the chosen \`kid\`.`;
    return { ok: false, finding: { code: 'jose.no-matching-key', severity: 'error', message } };
  }
  return importKey(found);
}

/** What the JWK says of its use against the purpose (RFC 7517 sections 4.2 and 4.3). */
export function checkPurpose(jwk: Jwk, purpose: JwkPurpose): readonly KeyFinding[] {
  const findings: KeyFinding[] = [];
  if (jwk.use !== undefined && jwk.use !== purpose.use) {
    findings.push(wrongUse(`\`use\` must be \`${purpose.use}\` here.`));
  }
  if (jwk.operations !== undefined && !purpose.operations.some((name) => jwk.operations?.includes(name))) {
    findings.push(
      wrongUse(`\`key_ops\` must have ${purpose.operations.map((name) => `\`${name}\``).join(' or ')} here.`),
    );
  }
  return findings;
}

function wrongUse(sentence: string): KeyFinding {
  return { code: 'jose.wrong-key-use', severity: 'error', message: `The JWK is for another use: ${sentence}` };
}

type Members = Readonly<Record<string, unknown>>;

function parse(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members that hold numbers and bytes in base64url, by key type (RFC 7518 section 6, RFC 8037 section 2, RFC 9964 section 4). */
const encodedMembers: Readonly<
  Record<string, { readonly needed: readonly string[]; readonly secret: readonly string[] }>
> = {
  oct: { needed: ['k'], secret: [] },
  RSA: { needed: ['n', 'e'], secret: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { needed: ['x', 'y'], secret: ['d'] },
  OKP: { needed: ['x'], secret: ['d'] },
  AKP: { needed: ['pub'], secret: ['priv'] },
};

function importKey(members: Members): Reading<Jwk> {
  const { kty } = members;
  const row = typeof kty === 'string' && Object.hasOwn(encodedMembers, kty) ? encodedMembers[kty] : undefined;
  if (row === undefined) {
    return malformed('The JWK has no `kty` that is known here.', 'It must be oct, RSA, EC, OKP or AKP.');
  }
  const isPrivate = members['d'] !== undefined || members['priv'] !== undefined;
  const lacksPrimes =
    kty === 'RSA' && isPrivate && row.secret.every((name) => name === 'd' || members[name] === undefined);
  const secret = lacksPrimes ? ['d'] : row.secret;
  for (const name of isPrivate ? [...row.needed, ...secret] : row.needed) {
    const finding = checkEncoded(name, members[name]);
    if (finding !== undefined) return { ok: false, finding };
  }
  const whole = lacksPrimes ? withPrimes(members) : members;
  const key = whole && toKeyObject(whole, isPrivate);
  return key === undefined
    ? malformed('The JWK does not hold a key: its parts do not fit each other.')
    : { ok: true, value: { key, ...metadataOf(members) } };
}

/** RFC 7518 section 6.3.2: what follows `d` should be there, and need not. */
function withPrimes(members: Members): Members | undefined {
  const primes = findPrimes(String(members['n']), String(members['e']), String(members['d']));
  return primes && { ...members, ...primes };
}

function checkEncoded(name: string, value: unknown): KeyFinding | undefined {
  if (typeof value !== 'string' || value === '') return malformed(`The JWK lacks the text \`${name}\`.`).finding;
  if (/\s/.test(value)) {
    return malformed(
      `There is a blank inside \`${name}\` of the JWK.`,
      'A folded block of YAML makes a blank of each line break: keep each value on one line.',
    ).finding;
  }
  if (/^[\w-]+$/.test(value) && value.length % 4 !== 1) return undefined;
  return malformed(
    `\`${name}\` of the JWK is not base64url.`,
    'It has letters, digits, - and _ only, and no = at its end.',
  ).finding;
}

function malformed(message: string, suggestion?: string): { readonly ok: false; readonly finding: KeyFinding } {
  const hint = suggestion === undefined ? {} : { suggestion };
  return { ok: false, finding: { code: 'jose.malformed-jwk', severity: 'error', message, ...hint } };
}

const notSet = malformed('This is not a JWK set: no JSON object with a list `keys`.');
const tooLong = malformed(`The text is longer than a JWK or a JWK set may be: ${longestText} characters.`);

function toKeyObject(members: Members, isPrivate: boolean): KeyObject | undefined {
  if (members['kty'] === 'oct') return createSecretKey(Buffer.from(String(members['k']), 'base64url'));
  const input: JsonWebKeyInput = { key: members, format: 'jwk' };
  try {
    return isPrivate ? createPrivateKey(input) : createPublicKey(input);
  } catch {
    return undefined;
  }
}

function metadataOf(members: Members): Omit<Jwk, 'key'> {
  const operations = members['key_ops'];
  return {
    kid: textAt(members, 'kid'),
    use: textAt(members, 'use'),
    operations: Array.isArray(operations) ? operations.map(String) : undefined,
    algorithm: textAt(members, 'alg'),
  };
}

function textAt(members: Members, name: string): string | undefined {
  const value = members[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
