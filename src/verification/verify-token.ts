/**
 * @module
 * Verifies a token as its recipient would, one check after another. A failed check does not stop the others, so that
 * all that is wrong is seen at once.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import { type EncryptedToken, jsonObject, readToken, type SignedToken } from '../jose/token-parts.ts';
import { type Check, fail, note } from './check.ts';
import { checkClaims, type Expectations } from './claim-checks.ts';
import { checkCritical } from './header-checks.ts';
import { openEncrypted, signedInside } from './opened-token.ts';
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
  const { check, content, isSecret } = await openEncrypted(token, verification.keys);
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
