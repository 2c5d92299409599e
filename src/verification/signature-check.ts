/**
 * @module
 * Whether one of the keys signed a token, and which.
 */
import { called, isPlainName } from '../diagnostics/harmless.ts';
import type { SignatureAlgorithm } from '../jose/signature-algorithms.ts';
import type { SignedToken } from '../jose/token-parts.ts';
import { type SignatureVerdict, verifySignature } from '../jose/verify-signature.ts';
import { type Check, fail, note, pass } from './check.ts';
import { checkAlgorithm, checkCritical } from './header-checks.ts';
import { chooseKeys, type VerifyingKey } from './verifying-key.ts';

/** Each key costs a verification; a set that names its keys needs one. */
const maxTried = 1_000;

export async function checkSignature(token: SignedToken, keys: readonly VerifyingKey[]): Promise<readonly Check[]> {
  const { check, algorithm } = checkAlgorithm(token.header);
  const critical = checkCritical(token.header);
  const header = critical === undefined ? [check] : [check, critical];
  if (algorithm === undefined) return header;
  const { kid } = token.header;
  if (kid !== undefined && typeof kid !== 'string') return [...header, fail('kid', 'It is not a string.')];
  const choice = chooseKeys(keys, kid, algorithm);
  if (!choice.ok) return [...header, fail(kid === undefined || keys.length === 0 ? 'key' : 'kid', choice.message)];
  const named = kidCheck(kid, choice.unnamed);
  // `jose` refuses the extension, whatever the signature is.
  if (critical !== undefined) return [...header, named];
  return [...header, named, await signatureCheck(token, algorithm, choice.keys)];
}

function kidCheck(kid: string | undefined, unnamed: boolean): Check {
  if (kid === undefined) return note('kid', 'The token does not name its key: all keys that fit are tried.');
  if (unnamed) return note('kid', 'The given keys have no name to compare it with: all that fit are tried.');
  return pass('kid', isPlainName(kid) ? kid : 'A key has this name, which is not a plain one.');
}

async function signatureCheck(
  token: SignedToken,
  algorithm: SignatureAlgorithm,
  keys: readonly VerifyingKey[],
): Promise<Check> {
  const verdicts = new Set<SignatureVerdict>();
  for (const key of keys.slice(0, maxTried)) {
    const verdict = await verifySignature(token, algorithm, key.key);
    if (verdict === 'right') return pass('signature', `It was made by ${describeKey(key)}.`);
    verdicts.add(verdict);
  }
  if (keys.length > maxTried) return fail('signature', `None of the first ${maxTried} keys made it.`);
  const [key] = keys;
  const who = keys.length === 1 && key !== undefined ? describeKey(key) : `any of the ${keys.length} keys that fit`;
  const why = verdicts.has('refused')
    ? 'The verifier refuses the key or the signature.'
    : 'Another key made it, or the token was changed.';
  return fail('signature', `It was not made by ${who}. ${why}`);
}

function describeKey({ kid, from }: VerifyingKey): string {
  return `${kid === undefined ? 'the key' : called('the key', kid)} of ${from}`;
}
