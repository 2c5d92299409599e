/**
 * @module
 * Plan and signer to minter: a JWS in compact serialisation for each request (RFC 7515 section 7.1).
 */
import { MintError } from '../diagnostics/mint-error.ts';
import type { Sign } from '../jose/sign.ts';
import type { Scope, TokenPlan } from '../plan/token-plan.ts';
import { compileMembers, fixedMembers } from './members.ts';

/** Mints tokens by one plan with one key. */
export interface Minter {
  /** @throws MintError where this request cannot get its token */
  mint(scope: Scope): string;
}

type Content = Pick<TokenPlan, 'header' | 'claims' | 'layout'>;

export function makeMinter(plan: Content, sign: Sign): Minter {
  const header = compileHeader(plan);
  const claims = compileMembers(plan.claims, plan.layout?.claims);
  return {
    mint(scope) {
      const signingInput = `${header(scope)}.${base64url(claims(scope))}`;
      return `${signingInput}.${signed(sign, signingInput)}`;
    },
  };
}

/** Most headers are the same for every request, and then are encoded once. */
function compileHeader(plan: Content): (scope: Scope) => string {
  const fixed = fixedMembers(plan.header, plan.layout?.header);
  if (fixed !== undefined) {
    const encoded = base64url(fixed);
    return () => encoded;
  }
  const header = compileMembers(plan.header, plan.layout?.header);
  return (scope) => base64url(header(scope));
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

function signed(sign: Sign, signingInput: string): string {
  try {
    return sign(signingInput);
  } catch (error) {
    throw new MintError('mint.signing-failed', 'The key could not sign.', error);
  }
}
