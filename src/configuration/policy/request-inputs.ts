/**
 * @module
 * What a compiled policy reads of each request.
 */
import type { AuthenticationSettings } from '../../identity/authentication-schema.ts';
import { claimRead } from '../../identity/read-claims.ts';
import type { RequestInputs } from '../../plan/request-inputs.ts';
import { headersReadBy } from '../client-headers.ts';
import type { CompiledPolicy } from './policy-loader.ts';

/** For use after the policy's tokens are settled. */
export function requestInputs(policy: CompiledPolicy, authentication: AuthenticationSettings): RequestInputs {
  const { found, plan, requiresCaller } = policy;
  // Variables of other dialects do not depend on an object of Flex Gateway.
  const as = plan.dialect === 'flex' ? policy.as : undefined;
  const needs = found.needs().flatMap(({ need }) => (need.kind === 'caller' ? [need] : []));
  const claims = needs.flatMap(({ member = [] }) => {
    const claim = claimRead(member, as, authentication);
    return claim === undefined ? [] : [claim];
  });
  return {
    claims: [...new Map(claims.map((claim) => [JSON.stringify(claim), claim])).values()],
    needsCaller: requiresCaller || needs.length > 0,
    headers: headersReadBy(policy).filter((name) => !name.startsWith(':')),
  };
}
