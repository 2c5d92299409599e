/**
 * @module
 * What is worth knowing about a policy, and no mistake: its tokens never expire, a claim is what a client wrote, a
 * request goes on without a token.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { called } from '../../diagnostics/harmless.ts';
import { type Problem, type ProblemDetails, type Problems, severityOf } from '../../diagnostics/problem.ts';
import type { Place } from '../../diagnostics/source-text.ts';
import type { Probed } from '../../mint/probe.ts';
import type { TokenPlan } from '../../plan/token-plan.ts';
import type { WantedPolicy } from '../wanted-policy.ts';
import type { Reuse } from './reuse-settings.ts';

/** @param place where the policy begins in its file */
export function notePlan(plan: TokenPlan, probed: Probed, place: Place, problems: Problems): void {
  if (plan.disabled === true) return;
  if (!mayExpire(plan)) problems.add(note('policy.never-expires', place, neverExpires));
  if (plan.onError === 'pass') problems.add(note('policy.error-passes', place, errorPasses));
  for (const step of probed.fromClient) {
    const name = step.kind === 'computed' && typeof step.name === 'string' ? step.name : undefined;
    problems.add(note('policy.client-claim', step.place, fromClient(name)));
  }
}

export function noteEntry({ settings, report }: Pick<WantedPolicy, 'settings' | 'report'>): void {
  if (settings.onError === 'pass') report(['onError'], 'policy.error-passes', errorPasses);
}

/** Says that requests wait for the service that signs, unless the entry says so itself. */
export function noteCalls(reuse: Reuse, { settings, report }: Pick<WantedPolicy, 'settings' | 'report'>): void {
  if (reuse.kind === 'longer' || settings.reuse === false) return;
  const path = settings.key === undefined ? [] : ['key'];
  const waits = 'A service signs, and a request waits for each new token until it has';
  if (reuse.kind === 'off') {
    report(path, 'keys.call-per-token', { message: `${waits}. None is reused: ${reuse.because}.` });
    return;
  }
  report(path, 'keys.call-per-token', {
    message: `${waits}. A token is reused within the second it was issued in only.`,
    suggestion:
      'Write `reuse: { for: 30s, refreshAhead: 10s }` in the entry: then only the first request of a caller waits.',
  });
}

const errorPasses: ProblemDetails = {
  message: 'If no token can be minted, the request goes on without one.',
  suggestion: 'Write `onError: deny` in the entry to refuse it.',
};

const neverExpires: ProblemDetails = {
  message: 'The policy writes no `exp`, so its tokens never expire.',
};

function fromClient(name: string | undefined): ProblemDetails {
  return {
    message: `${called(name === undefined ? 'A claim' : 'The claim', name ?? '')} is a header or a query parameter of the request: the client chooses it, unless Envoy or a filter before mintproc sets it.`,
  };
}

/** A member with a computed name may be `exp`. */
function mayExpire({ claims }: TokenPlan): boolean {
  return claims.some((step) => step.kind === 'members' || typeof step.name !== 'string' || step.name === 'exp');
}

function note(code: Code, place: Place, { message, suggestion }: ProblemDetails): Problem {
  return { code, severity: severityOf(code), message, ...(suggestion === undefined ? {} : { suggestion }), place };
}
