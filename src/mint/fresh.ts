/**
 * @module
 * Whether a plan makes something new for each token, such as a random `jti`: then no token can be given out twice.
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
 * The names of the members that are drawn anew, found by computing each once for a request that brings nothing. What
 * only some requests make random is found by its value: no two of them are the same.
 */
export function* freshMembers({ header, claims, encryption }: Content): Steps<readonly string[]> {
  const steps = [...header, ...(encryption?.header ?? []), ...claims];
  const names = yield* eachInSteps(steps, (step) => (drawsForNobody(step) ? [nameOf(step)] : []));
  return names.flat();
}

function drawsForNobody(step: HeaderStep): boolean {
  if (step.kind !== 'computed' && step.kind !== 'members') return false;
  let draws = 0;
  const scope = emptyScope(() => {
    draws++;
    return '00000000-0000-4000-8000-000000000000';
  });
  try {
    if (step.kind === 'computed' && typeof step.name !== 'string') step.name.evaluate(scope);
    step.value.evaluate(scope);
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
  }
  return draws > 0;
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
