/**
 * @module
 * Minters that make no token.
 */
import { MintError } from '../diagnostics/mint-error.ts';
import type { Minter } from '../mint/minter.ts';

/** Of a policy that is switched off. */
export const neverMints: Minter = {
  mint() {
    throw new TypeError('a policy that is switched off was asked for a token');
  },
};

/** All keys of the policy have retired, or none has begun. */
export const noKey: Minter = {
  mint() {
    throw new MintError('keys.none-active', 'None of the keys of the policy is active at this time.');
  },
};
