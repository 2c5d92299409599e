/**
 * @module
 * Plan and signer to minter: what is fixed is encoded when the policy loads, the rest runs for each request.
 */
import type { JsonObject } from '../diagnostics/json.ts';
import type { Scope, TokenPlan } from '../plan/token-plan.ts';

/** Mints tokens by one plan with one key. */
export interface Minter {
  /** @throws MintError where this request cannot get its token */
  mint(scope: Scope): string;
  /** The header and claims that `mint` would sign, for people to look at. */
  describe(scope: Scope): { readonly header: JsonObject; readonly claims: JsonObject };
}

export type Sign = (signingInput: string) => string;

export type MakeMinter = (plan: TokenPlan, sign: Sign) => Minter;
