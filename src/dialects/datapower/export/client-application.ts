/**
 * @module
 * A policy that reads the client application: API Connect found it by the client ID of the request, among those with a
 * subscription to a plan. Here it is what a source of the caller says, which may be another ID.
 */
import { Open, type Reason } from '../../exported.ts';
import type { ReadPolicy } from '../plan.ts';
import { clientVariables } from '../variables.ts';

export interface ClientDecision {
  readonly reasons: readonly Reason[];
  readonly undecided: readonly Open[];
}

const suggestion =
  'Let a source of `authentication` say it (`clientId`, `clientName`), and remove this line when it gives what the gateway gave.';

export function clientDecision({ variables = [] }: Pick<ReadPolicy, 'variables'>): ClientDecision {
  const [read] = variables.filter(({ name }) => clientVariables.has(name));
  if (read === undefined) return { reasons: [], undecided: [] };
  const message =
    'The policy reads the client application, which API Connect found by the client ID of the request; here it comes from the caller that Envoy verified.';
  const problem = { code: 'datapower.client-application', severity: 'error', place: read.place, message } as const;
  return { reasons: [{ kind: 'value', problem: { ...problem, suggestion } }], undecided: [new Open(suggestion)] };
}
