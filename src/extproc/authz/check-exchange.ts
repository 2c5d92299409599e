/**
 * @module
 * An ext_authz check is an exchange with one message, its request headers: the same decision, limits, outcomes and
 * records. Only what the filter cannot tell is refused in addition.
 */
import { type Decide, type Decision, refusedWith } from '../../decision/decision.ts';
import { Later } from '../../diagnostics/later.ts';
import type { IncomingRequest } from '../../request/incoming-request.ts';
import { policyMetadata } from '../call-metadata.ts';
import type { Answer, ExchangeSettings, LaterAnswer } from '../exchange.ts';
import { CheckHeaders } from './check-headers.ts';

/** The settings of exchanges that are checks. */
export function checkSettings(settings: ExchangeSettings): ExchangeSettings {
  return { ...settings, pin: () => withoutDoubt(settings.pin()) };
}

/** The decision on the only message of an exchange, or how it arrives. */
export function decisionOf(answer: Answer): Decision | LaterAnswer {
  if (answer.kind === 'later') return answer;
  if (answer.kind === 'respond' && answer.decision !== undefined) return answer.decision;
  throw new TypeError(`a check was answered with ${answer.kind}`);
}

/**
 * Refuses a request if a value was read for its decision that may be one or several. It is asked afterwards, so that no
 * policy can go on with such a value, whatever it does with errors.
 */
function withoutDoubt(decide: Decide): Decide {
  return (request, asker) => {
    const decision = decide(request, asker);
    return decision instanceof Later
      ? decision.map((later) => orRefused(later, request))
      : orRefused(decision, request);
  };
}

function orRefused(decision: Decision, { headers }: IncomingRequest): Decision {
  const isDoubtful = headers instanceof CheckHeaders && headers.isDoubtful;
  return isDoubtful ? refusedWith('extproc.joined-header') : decision;
}

/** Whether a context extension names a policy: in any case, like the call's metadata, whose names Envoy lowers. */
export function isPolicyExtension(name: string): boolean {
  return name.toLowerCase() === policyMetadata;
}

/** The extension that a route's configuration has, and the call's metadata. Two make a name that no policy has. */
export function namedPolicy(extension: string | undefined, metadata: string | undefined): string | undefined {
  return extension === undefined || metadata === undefined ? (extension ?? metadata) : `${metadata}, ${extension}`;
}
