/**
 * @module
 * What can be read of a token without verifying it, to compare it with another.
 */
import { jsonObject, readToken, type SignedToken } from '../jose/token-parts.ts';
import { openEncrypted, type PasswordBudget, signedInside } from '../verification/opened-token.ts';
import type { VerifyingKey } from '../verification/verifying-key.ts';
import type { ReadableToken } from './compare-tokens.ts';

export type ReadableReading =
  | { readonly ok: true; readonly token: ReadableToken }
  | { readonly ok: false; readonly message: string };

/**
 * @param keys that may open an encrypted token; a signed one needs none
 * @param madeAt when it was made, in seconds since the epoch, if that is known
 * @param budget that the token shares with others
 */
export async function readableToken(
  text: string,
  keys: readonly VerifyingKey[],
  madeAt: number | undefined,
  budget?: PasswordBudget,
): Promise<ReadableReading> {
  const reading = readToken(text);
  if (!reading.ok) return reading;
  const { token } = reading;
  if (token.kind === 'signed') return { ok: true, token: { ...partsOf(token), inner: undefined, madeAt } };
  const { content, check, isBeyondBudget } = await openEncrypted(token, keys, budget);
  if (budget !== undefined && isBeyondBudget === true) return { ok: false, message: `${check.message} ${together}` };
  const signed = content && signedInside(content);
  const inside = signed === undefined ? undefined : partsOf(signed);
  const claims = inside === undefined ? content && jsonObject(content) : inside.claims;
  return { ok: true, token: { header: token.header, inner: inside?.header, claims, madeAt } };
}

const together = 'The limit holds for all recorded tokens of a run together.';

function partsOf({ header, content }: SignedToken): Pick<ReadableToken, 'header' | 'claims'> {
  return { header, claims: jsonObject(content) };
}
