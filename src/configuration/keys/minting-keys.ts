/**
 * @module
 * From the keys of a policy to what its minters use of them: timed, and seen where its tokens leave a line in the audit.
 */
import { createEncrypter } from '../../jose/encrypt.ts';
import type { Encrypter, Signer } from '../../jose/proof.ts';
import type { HeldKey } from '../../keys/held-key.ts';
import { publishedJwk } from '../../keys/key-set.ts';
import { shownName } from '../../keys/ring-state.ts';
import type { RingKey } from '../../keys/rotation.ts';
import type { MadeBy, Witness } from '../../mint/audit.ts';
import type { MintingKeys } from '../../mint/minter.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import type { LoadContext } from '../load-context.ts';

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
    encrypter: Encrypter | undefined,
    key: RingKey | undefined,
    witness: Witness | undefined,
  ): MintingKeys['recipient'] {
    if (encrypter === undefined) return undefined;
    const { recipient, encrypt } = encrypter;
    const timed = this.#stopwatches.wrapEncrypt?.(recipient.management.name, encrypt) ?? encrypt;
    return { encrypt: witness?.encrypting(timed) ?? timed, kid: key?.held.kid };
  }
}

/** Undefined where the plan does not sign. */
export function signerOf({ algorithm }: TokenPlan, { held, algorithms }: RingKey): Signer | undefined {
  if (algorithm === undefined) return undefined;
  const { key } = held;
  return { algorithm, sign: algorithm.createSigner(key), key, jwk: publishedJwk(held, algorithms) };
}

/** Undefined where the plan does not encrypt. */
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

/** What the audit says of the key: the one that signs, or else the one that tokens are encrypted to. */
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
