/**
 * @module
 * Mints the token of one policy for a request, whatever the routes of a configuration say.
 */

import { randomUUID } from 'node:crypto';
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import type { LoadedSinglePolicy } from '../configuration/single-policy.ts';
import { describedRequest } from '../decision/decide.ts';
import { codes } from '../diagnostics/codes.ts';
import { arrival } from '../diagnostics/later.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import { isNamed } from '../identity/caller-sources.ts';
import { callerAs } from '../identity/shaped-caller.ts';
import { HeaderValues } from '../mint/header-values.ts';
import type { Scope } from '../plan/token-plan.ts';
import { RequestView } from '../request/request-view.ts';
import { exceededLimit } from './exceeded-limit.ts';
import type { TriedRequest } from './run-trial.ts';
import { withoutKeys } from './trial-variables.ts';

export type MintAnswer =
  | { readonly kind: 'minted'; readonly policy: CompiledPolicy; readonly token: string }
  | { readonly kind: 'refused'; readonly policy: CompiledPolicy; readonly error: MintError }
  | { readonly kind: 'unloadable'; readonly problems: LoadedSinglePolicy['problems'] };

/** With the limits of a configuration, as behind Envoy. @param at milliseconds since the epoch */
export async function mintAlone(
  { policy, problems, limits }: Pick<LoadedSinglePolicy, 'policy' | 'problems' | 'limits'>,
  tried: TriedRequest,
  at: number,
): Promise<MintAnswer> {
  if (policy === undefined) return { kind: 'unloadable', problems };
  const refused = (error: MintError): MintAnswer => ({ kind: 'refused', policy, error });
  const exceeded = exceededLimit(tried.incoming, limits);
  if (exceeded !== undefined) return refused(new MintError(exceeded, codes[exceeded]));
  try {
    const scope = scopeOf(tried, policy, at);
    if (policy.requiresCaller && !isNamed(scope.authentication)) return refused(nobody);
    if (policy.isFor?.(scope.request.headers) === false) return refused(outside);
    const token = await arrival(policy.minter.mint(scope));
    new HeaderValues(policy.output.prefix).of(token, limits.tokenBytes);
    return { kind: 'minted', policy, token };
  } catch (error) {
    if (error instanceof MintError) return refused(error);
    throw error;
  }
}

const nobody = new MintError(
  'identity.missing',
  'The entry of the policy requires a caller, and the request has none.',
);

const outside = new MintError(
  'policy.outside-rules',
  'The request matches none of the rules of the policy, so it goes on without a token.',
);

function scopeOf({ incoming, identify, variables }: TriedRequest, { plan, as }: CompiledPolicy, now: number): Scope {
  const caller = identify(incoming);
  return {
    attributes: new RequestView(incoming.headers, describedRequest(incoming)),
    authentication: as === undefined ? caller : callerAs(caller, as),
    variables: withoutKeys(variables, plan),
    now,
    randomId: randomUUID,
    request: incoming,
    published: [],
    memo: new Map(),
  };
}
