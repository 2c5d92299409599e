/**
 * @module
 * Whether a plan puts something new into each token, such as a random `jti`. Then no token can be reused.
 */
import { MintError } from '../diagnostics/mint-error.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import type { HeaderStep, TokenPlan } from '../plan/token-plan.ts';
import { noHeaders } from '../request/header-fields.ts';
import { emptyView } from '../request/object-view.ts';
import { RequestView } from '../request/request-view.ts';
import { RequestScope } from './request-scope.ts';

type Content = Pick<TokenPlan, 'header' | 'claims' | 'encryption'>;

/**
 * The names of the members that generate a random id, found by computing each member once for an empty request. A
 * member that is random for some requests only is not found here, but its values differ, so its tokens are not reused
 * either.
 */
export function* freshMembers({ header, claims, encryption }: Content): Steps<readonly string[]> {
  const steps = [...header, ...(encryption?.header ?? []), ...claims];
  const names = yield* eachInSteps(steps, (step) => (generatesId(step) ? [nameOf(step)] : []));
  return names.flat();
}

function generatesId(step: HeaderStep): boolean {
  if (step.kind !== 'computed' && step.kind !== 'members') return false;
  let generated = 0;
  const scope = emptyScope(() => {
    generated++;
    return '00000000-0000-4000-8000-000000000000';
  });
  try {
    if (step.kind === 'computed' && typeof step.name !== 'string') step.name.evaluate(scope);
    step.value.evaluate(scope);
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
  }
  return generated > 0;
}

function nameOf(step: HeaderStep): string {
  return step.kind === 'computed' && typeof step.name === 'string' ? step.name : 'several';
}

function emptyScope(randomId: () => string): RequestScope {
  const surroundings = { scheme: null, version: null, remoteAddress: null, localAddress: null };
  return new RequestScope({
    attributes: new RequestView(noHeaders, surroundings),
    authentication: { clientId: null, clientName: null, principal: null, properties: null },
    request: { headers: noHeaders, attributes: new Map(), metadata: emptyView },
    variables: new Map(),
    now: 0,
    randomId,
  });
}
