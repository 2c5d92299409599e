/**
 * @module
 * What is inside an encrypted token, if one of the given keys opens it.
 */
import { maxPasswordIterations, openToken, passwordIterations } from '../jose/open-token.ts';
import { type EncryptedToken, jsonObject, readToken, type SignedToken, type Token } from '../jose/token-parts.ts';
import { type Check, fail, pass } from './check.ts';
import type { VerifyingKey } from './verifying-key.ts';

/** RFC 7519 section 5.2 says `cty: JWT` of such a token; some gateways leave it out. */
export function signedInside(content: Buffer): SignedToken | undefined {
  if (jsonObject(content) !== undefined) return undefined;
  const reading = readToken(content.toString('latin1'));
  const token: Token | undefined = reading.ok ? reading.token : undefined;
  return token?.kind === 'signed' ? token : undefined;
}

export interface Opened {
  readonly check: Check;
  /** Undefined if it stays closed. */
  readonly content: Buffer | undefined;
  /** Whether a secret opened it, and not a private key. */
  readonly isSecret: boolean;
  /** Whether it was not tried, since its budget has too few iterations left. */
  readonly isBeyondBudget?: boolean;
}

/** Each key that may open the token costs an attempt. */
const maxTried = 100;

/** Of all attempts together: about ten seconds. @internal Exported for the test at the limit. */
export const maxIterationsTogether = 10_000_000;

/** The iterations of passwords that are left, for one token or for several. */
export class PasswordBudget {
  #left = maxIterationsTogether;

  /**
   * Takes one attempt for each secret. `openToken` refuses iterations that are too many for one attempt.
   *
   * @returns false if they are more than what is left, and then takes none
   */
  take(token: EncryptedToken, keys: readonly VerifyingKey[]): boolean {
    // A token says what it likes, negative numbers included.
    const iterations = Math.max(0, passwordIterations(token));
    if (iterations > maxPasswordIterations) return true;
    const all = iterations * keys.filter(({ key }) => key.type === 'secret').length;
    if (all > this.#left) return false;
    this.#left -= all;
    return true;
  }
}

/** Opens a token with one of the keys that may. @param budget that the token shares with others */
export async function openEncrypted(
  token: EncryptedToken,
  keys: readonly VerifyingKey[],
  budget = new PasswordBudget(),
): Promise<Opened> {
  const closed = (message: string): Opened => ({
    check: fail('encryption', message),
    content: undefined,
    isSecret: false,
  });
  const able = keys.filter(({ key, use }) => key.type !== 'public' && use !== 'sig');
  if (able.length === 0) {
    return closed('There is no key to open it with: give the private key or the secret of its recipient.');
  }
  const tried = able.slice(0, maxTried);
  if (!budget.take(token, tried)) {
    const message = 'It asks for too many iterations of its password to try all secrets: give that of its recipient.';
    return { ...closed(message), isBeyondBudget: true };
  }
  for (const { key, from } of tried) {
    const opening = await openToken(token, key);
    if (!opening.ok && opening.reason === 'iterations') {
      return closed('It asks for more than 1,000,000 iterations of its password, which takes too long.');
    }
    if (!opening.ok) continue;
    const how = opening.by === 'jose' ? '' : ' RSA1_5 is opened by node:crypto: the package jose does not know it.';
    const check = pass('encryption', `The key of ${from} opens it.${how}`);
    return { check, content: opening.content, isSecret: key.type === 'secret' };
  }
  const who = able.length === 1 ? 'The given key' : `None of the ${tried.length} given keys`;
  const does = able.length === 1 ? 'does not open it' : 'opens it';
  return closed(`${who} ${does}: it is for another recipient, or it was changed.`);
}
