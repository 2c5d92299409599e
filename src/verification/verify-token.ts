/**
 * @module
 * Verifies a token as its recipient would, one check after another. A failed check does not stop the others, so that
 * all that is wrong is seen at once.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import { openToken } from '../jose/open-token.ts';
import { type EncryptedToken, jsonObject, readToken, type SignedToken, type Token } from '../jose/token-parts.ts';
import { type Check, fail, note, pass } from './check.ts';
import { checkClaims, type Expectations } from './claim-checks.ts';
import { checkCritical } from './header-checks.ts';
import { checkSignature } from './signature-check.ts';
import type { VerifyingKey } from './verifying-key.ts';

export interface Verification extends Expectations {
  readonly keys: readonly VerifyingKey[];
}

export interface Verdict {
  readonly valid: boolean;
  readonly checks: readonly Check[];
  /** Of the signed token, also if it is inside an encrypted one; undefined if it cannot be read. */
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
}

export async function verifyToken(text: string, verification: Verification): Promise<Verdict> {
  const reading = readToken(text);
  if (!reading.ok) return verdictOf([fail('form', reading.message)], undefined, undefined);
  const { token } = reading;
  return token.kind === 'signed' ? verifySigned(token, verification) : verifyEncrypted(token, verification);
}

function verdictOf(checks: readonly Check[], header: JsonObject | undefined, claims: JsonObject | undefined): Verdict {
  return { valid: checks.every(({ result }) => result !== 'fail'), checks, header, claims };
}

async function verifySigned(token: SignedToken, verification: Verification): Promise<Verdict> {
  const checks = await checkSignature(token, verification.keys);
  return withClaims(checks, token.header, token.content, verification);
}

function withClaims(
  before: readonly Check[],
  header: JsonObject,
  content: Uint8Array,
  expected: Expectations,
): Verdict {
  const claims = jsonObject(content);
  if (claims === undefined) {
    return verdictOf([...before, fail('claims', 'They are not a JSON object.')], header, undefined);
  }
  return verdictOf([...before, ...checkClaims(claims, expected)], header, claims);
}

async function verifyEncrypted(token: EncryptedToken, verification: Verification): Promise<Verdict> {
  const critical = checkCritical(token.header);
  if (critical !== undefined) return verdictOf([critical], token.header, undefined);
  const { check, content, isSecret } = await openWithAny(token, verification.keys);
  if (content === undefined) return verdictOf([check], token.header, undefined);
  const inner = signedInside(content);
  if (inner !== undefined) {
    const verdict = await verifySigned(inner, verification);
    return { ...verdict, checks: [check, ...verdict.checks] };
  }
  const authority = isSecret
    ? note('signature', 'The token is not signed. Only who has the secret can have encrypted it.')
    : note('signature', 'The token is not signed. Anybody who has the public key can have encrypted it.');
  return withClaims([check, authority], token.header, content, verification);
}

/** RFC 7519 section 5.2 says `cty: JWT` of such a token; some gateways leave it out. */
function signedInside(content: Buffer): SignedToken | undefined {
  if (jsonObject(content) !== undefined) return undefined;
  const reading = readToken(content.toString('latin1'));
  const token: Token | undefined = reading.ok ? reading.token : undefined;
  return token?.kind === 'signed' ? token : undefined;
}

interface Opened {
  readonly check: Check;
  readonly content: Buffer | undefined;
  readonly isSecret: boolean;
}

/** Each key that may open the token costs an attempt. */
const maxTried = 100;

async function openWithAny(token: EncryptedToken, keys: readonly VerifyingKey[]): Promise<Opened> {
  const closed = (message: string): Opened => ({
    check: fail('encryption', message),
    content: undefined,
    isSecret: false,
  });
  const able = keys.filter(({ key, use }) => key.type !== 'public' && use !== 'sig');
  if (able.length === 0) {
    return closed('There is no key to open it with: give the private key or the secret of its recipient.');
  }
  for (const { key, from } of able.slice(0, maxTried)) {
    const opening = await openToken(token, key);
    if (!opening.ok && opening.reason === 'iterations') {
      return closed('It asks for more than 1,000,000 iterations of its password, which takes too long.');
    }
    if (!opening.ok) continue;
    const how = opening.by === 'jose' ? '' : ' RSA1_5 is opened by node:crypto: the package jose does not know it.';
    const check = pass('encryption', `The key of ${from} opens it.${how}`);
    return { check, content: opening.content, isSecret: key.type === 'secret' };
  }
  const who = able.length === 1 ? 'The given key' : `None of the ${Math.min(able.length, maxTried)} given keys`;
  const does = able.length === 1 ? 'does not open it' : 'opens it';
  return closed(`${who} ${does}: it is for another recipient, or it was changed.`);
}
