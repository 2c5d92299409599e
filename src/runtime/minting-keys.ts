/**
 * @module
 * From the keys of a policy to what its minters use of them: timed, and seen where its tokens leave a line in the audit.
 */
import type { Signer } from '../jose/proof.ts';
import { createSigner } from '../jose/sign.ts';
import type { HeldKey } from '../keys/held-key.ts';
import { publishedJwk } from '../keys/key-set.ts';
import { shownName } from '../keys/ring-state.ts';
import type { RingKey } from '../keys/rotation.ts';
import type { MadeBy, Witness } from '../mint/audit.ts';
import type { MintingKeys } from '../mint/minter.ts';
import type { TokenPlan } from '../plan/token-plan.ts';
import type { LoadContext } from './policy.ts';
import type { PolicyKeys } from './policy-key.ts';

type Stopwatches = Pick<LoadContext, 'wrapSign' | 'wrapEncrypt'>;

export class MintingKeysMaker {
  readonly #stopwatches: Stopwatches;

  constructor(stopwatches: Stopwatches) {
    this.#stopwatches = stopwatches;
  }

  /** @param kid as the token shows it */
  signing(signer: Signer | undefined, kid: string | undefined): MintingKeys['signing'] {
    if (signer === undefined) return undefined;
    const { algorithm, sign } = signer;
    return { sign: this.#stopwatches.wrapSign?.(algorithm.name, sign) ?? sign, kid };
  }

  recipient(
    { encryption }: TokenPlan,
    recipient: PolicyKeys['recipient'],
    witness: Witness | undefined,
  ): MintingKeys['recipient'] {
    if (recipient === undefined || encryption === undefined) return undefined;
    const { kid } = recipient;
    const { encrypt } = recipient.encrypter;
    const timed = this.#stopwatches.wrapEncrypt?.(encryption.management.name, encrypt) ?? encrypt;
    return { encrypt: witness?.encrypting(timed) ?? timed, kid };
  }
}

/** Undefined where the plan does not sign. */
export function signerOf({ algorithm }: TokenPlan, { held, algorithms }: RingKey): Signer | undefined {
  if (algorithm === undefined) return undefined;
  const { key } = held;
  return { algorithm, sign: createSigner(algorithm, key), key, jwk: publishedJwk(held, algorithms) };
}

/** What the audit says of the key: the one that signs, or else the one that tokens are encrypted to. */
export function madeBy(
  { algorithm, encryption }: TokenPlan,
  held: HeldKey | undefined,
  recipient: PolicyKeys['recipient'],
): MadeBy {
  const kid = held === undefined ? recipient?.kid : shownName(held);
  return {
    alg: algorithm?.name ?? encryption?.management.name,
    kid,
    enc: encryption?.content.name,
  };
}
