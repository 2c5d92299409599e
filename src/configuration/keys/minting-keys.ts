/**
 * @module
 * Makes signers and encrypters of a policy's keys, for its minters: with timing, and with the audit if tokens are
 * audited.
 */
import type { JsonObject } from '../../diagnostics/json.ts';
import { createEncrypter } from '../../jose/encrypt.ts';
import { publicMembers } from '../../jose/key-types.ts';
import type { Encrypter, Signer } from '../../jose/proof.ts';
import type { Sign, SignatureAlgorithm } from '../../jose/signature-algorithms.ts';
import type { HeldKey } from '../../keys/held-key.ts';
import { publishedJwk } from '../../keys/key-set.ts';
import { shownName } from '../../keys/ring-state.ts';
import type { RingKey } from '../../keys/rotation.ts';
import type { MadeBy, Witness } from '../../mint/audit.ts';
import type { KeyUse } from '../../mint/key-use.ts';
import type { MintingKeys } from '../../mint/minter.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import type { LoadContext } from '../load-context.ts';

/** Wrappers that time each signature and encryption. */
type Stopwatches = Pick<LoadContext, 'wrapSign' | 'wrapEncrypt'>;

/** @param kid the `kid` that tokens show */
export function signingKey(
  { algorithm, sign, key }: Signer,
  kid: string | undefined,
  { wrapSign }: Stopwatches,
  { signing }: KeyUse,
): MintingKeys['signing'] {
  const jwk = publicMembers(key) as JsonObject | undefined;
  return { sign: wrapSign?.(algorithm.name, sign, signing) ?? sign, kid, jwk };
}

/** @param witness sees what is encrypted, if tokens are audited */
export function recipientKey(
  { recipient, encrypt }: Encrypter,
  key: RingKey | undefined,
  witness: Witness | undefined,
  { wrapEncrypt }: Stopwatches,
  { encrypting }: KeyUse,
): MintingKeys['recipient'] {
  const timed = wrapEncrypt?.(recipient.management.name, encrypt, encrypting) ?? encrypt;
  return { encrypt: witness?.encrypting(timed) ?? timed, kid: key?.held.kid };
}

/** Undefined if the plan does not sign. */
export function signerOf(
  { algorithm }: TokenPlan,
  { held, algorithms }: RingKey,
  context: Pick<LoadContext, 'outside'>,
): Signer | undefined {
  if (algorithm === undefined) return undefined;
  const { key, outside } = held;
  const service = outside && JSON.stringify(outside);
  return { algorithm, sign: signOf(algorithm, held, context), key, service, jwk: publishedJwk(held, algorithms) };
}

/** Signs here, or asks the service that holds the key. */
function signOf(algorithm: SignatureAlgorithm, held: HeldKey, { outside }: Pick<LoadContext, 'outside'>): Sign {
  if (held.outside === undefined) return algorithm.createSigner(held.key);
  if (outside === undefined || outside === 'unasked') throw new TypeError('a key of a service, and nobody to ask it');
  return outside.signers.signer(held.outside, held, shownName(held) ?? '', algorithm);
}

/** Undefined if the plan does not encrypt. */
export function encrypterOf({ encryption }: TokenPlan, { held }: RingKey): Encrypter | undefined {
  if (encryption === undefined) return undefined;
  const { management, content, compress, password } = encryption;
  const recipient = {
    management,
    content,
    key: held.key,
    ...(compress === undefined ? {} : { compress }),
    ...(password === undefined ? {} : { password }),
  };
  return { recipient, encrypt: createEncrypter(recipient) };
}

/** The key that an audit line names: the signing key, else the recipient's. */
export function madeBy(
  { algorithm, encryption }: TokenPlan,
  held: HeldKey | undefined,
  recipient: HeldKey | undefined,
): MadeBy {
  const kid = held === undefined ? recipient?.kid : shownName(held);
  return {
    alg: algorithm?.name ?? encryption?.management.name,
    kid,
    enc: encryption?.content.name,
  };
}
