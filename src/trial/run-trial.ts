/**
 * @module
 * Lets a request go its whole way through a configuration, as behind Envoy: routes, identity, policies, keys.
 */
import { randomUUID } from 'node:crypto';
import type { Snapshot } from '../configuration/snapshot.ts';
import { describedRequest, makeDecide, type Sources } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import { denied, type RunnablePolicy } from '../decision/rules.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { arrival, Later } from '../diagnostics/later.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { Identify } from '../identity/caller-sources.ts';
import type { MintRecord } from '../mint/mint-record.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';
import { refusedByLimit } from './exceeded-limit.ts';
import type { WrittenRequest } from './incoming.ts';

/** A request that can be tried. */
export interface TriedRequest {
  readonly incoming: WrittenRequest;
  readonly identify: Identify;
  /** Values of variables by name, which win over those of the configuration. */
  readonly variables: ReadonlyMap<string, JsonValue>;
}

/** What a policy did for the request. */
export interface TriedPolicy {
  readonly policy: RunnablePolicy;
  readonly result: PolicyResult;
}

export type PolicyResult =
  | { readonly kind: 'minted'; readonly token: string }
  /** Why it has no token; `passed` if the request goes on without it. */
  | {
      readonly kind: 'refused' | 'passed';
      readonly reason: Pick<MintRecord, 'code' | 'message' | 'origin'>;
    }
  /** It is disabled, or the request matches none of its rules: the request goes on without a token. */
  | { readonly kind: 'disabled' | 'outside-rules' }
  /** The request was refused before. */
  | { readonly kind: 'not-run' };

/** A policy and the token that it minted. */
export interface MintedToken {
  readonly policy: RunnablePolicy;
  readonly token: string;
}

export interface Trial {
  readonly decision: Decision;
  /** The policies of the route, in order; empty if the request takes no route with policies. */
  readonly policies: readonly TriedPolicy[];
}

export interface TrialOptions {
  /** The time of the request, in milliseconds since the epoch. */
  readonly at: number;
  /** Default: random. */
  readonly randomId?: Sources['randomId'];
}

export async function runTrial(
  snapshot: Snapshot,
  { incoming, identify, variables }: TriedRequest,
  { at, randomId = randomUUID }: TrialOptions,
): Promise<Trial> {
  const refused = refusedByLimit(incoming, snapshot.settings.limits);
  if (refused !== undefined) return { decision: refused, policies: [] };
  const decide = makeDecide({ ...snapshot, identify }, { clock: () => at, randomId, variables });
  const decided = decide(incoming);
  const decision = decided instanceof Later ? await arrival(decided) : decided;
  const tokens = decision.kind === 'forward' ? [...decision.set] : [];
  const policies = policiesFor(snapshot, incoming).map((policy) => {
    const record = decision.mints.find((mint) => mint.policy === policy.name);
    // Each policy that minted has set one header, in the same order.
    const value = record?.outcome === 'minted' ? tokens.shift()?.[1] : undefined;
    return { policy, result: resultOf(policy, record, value, incoming) };
  });
  return { decision, policies };
}

export function mintedBy(policies: readonly TriedPolicy[]): readonly MintedToken[] {
  return policies.flatMap(({ policy, result }) => (result.kind === 'minted' ? [{ policy, token: result.token }] : []));
}

function policiesFor({ route, named }: Snapshot, incoming: IncomingRequest): readonly RunnablePolicy[] {
  try {
    const { routePolicy } = incoming;
    const found = routePolicy === undefined ? route(describedRequest(incoming)) : undefined;
    const destination = routePolicy === undefined ? found?.destination : named?.get(routePolicy);
    return destination === undefined || destination === denied ? [] : destination.policies;
  } catch (error) {
    if (error instanceof MintError) return [];
    throw error;
  }
}

/** @param value of the header, if the policy set it */
function resultOf(
  policy: RunnablePolicy,
  record: MintRecord | undefined,
  value: string | undefined,
  { headers }: IncomingRequest,
): PolicyResult {
  if (policy.plan.disabled === true) return { kind: 'disabled' };
  switch (record?.outcome) {
    case 'minted':
      // The token of a request that a later policy refuses is not sent.
      return value === undefined
        ? { kind: 'not-run' }
        : { kind: 'minted', token: value.slice(policy.output.prefix.length) };
    case 'refused':
    case 'passed':
      return { kind: record.outcome, reason: record };
    case undefined:
      return isOutside(policy, headers) ? { kind: 'outside-rules' } : { kind: 'not-run' };
  }
}

function isOutside({ isFor }: RunnablePolicy, headers: IncomingRequest['headers']): boolean {
  try {
    return isFor?.(headers) === false;
  } catch (error) {
    if (error instanceof MintError) return false;
    throw error;
  }
}
