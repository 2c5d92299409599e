/**
 * @module
 * Lets a request go its whole way through a configuration, as behind Envoy: routes, identity, policies, keys.
 */
import { randomUUID } from 'node:crypto';
import type { Snapshot } from '../configuration/snapshot.ts';
import { makeDecide, type Sources } from '../decision/decide.ts';
import type { Decision } from '../decision/decision.ts';
import type { JsonValue } from '../diagnostics/json.ts';
import { arrival, Later } from '../diagnostics/later.ts';
import type { IncomingRequest } from '../request/incoming-request.ts';

export interface TrialOptions {
  /** The time of the request, in milliseconds since the epoch. */
  readonly at: number;
  /** Values of variables that win over those of the configuration. */
  readonly variables?: ReadonlyMap<string, JsonValue>;
  /** Default: random. */
  readonly randomId?: Sources['randomId'];
}

export async function runTrial(
  snapshot: Snapshot,
  incoming: IncomingRequest,
  { at, variables, randomId = randomUUID }: TrialOptions,
): Promise<Decision> {
  const decide = makeDecide(snapshot, { clock: () => at, randomId, variables });
  const decision = decide(incoming);
  return decision instanceof Later ? arrival(decision) : decision;
}
