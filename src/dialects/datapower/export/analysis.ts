/**
 * @module
 * What one policy does on the gateway: for which operations it runs, and where its token goes.
 */
import type { YamlPath } from '../../../documents/yaml-places.ts';
import type { FoundAction } from '../assembly.ts';
import { constantText } from '../constants.ts';
import type { ReadPolicy } from '../plan.ts';
import type { ApiContext } from './api-context.ts';
import { allOf, always, type OperationFacts } from './condition.ts';
import { type Carried, type Destination, destinationOf } from './destination.ts';
import { alwaysWith, isAt, type Run } from './flow.ts';
import { type ReadWithLacks, readWithLacks } from './lacks.ts';
import { openOutput, outputOf, type PolicyOutput, reaching } from './output.ts';
import type { PolicyRun } from './routes.ts';
import { conditionsOf, type PlacedAction } from './setters.ts';

export interface AnalysedPolicy extends ReadWithLacks {
  readonly action: FoundAction;
  /** Undefined if it is not in the flow of a request. */
  readonly placed: PlacedAction | undefined;
  /** The operations for which it runs; only those whose token may reach the backend, if there is one. */
  readonly runs: readonly Omit<PolicyRun, 'policy'>[];
  readonly output: PolicyOutput;
  /** Of the branches that the policy is in, as they may be shown. */
  readonly conditions: readonly string[];
}

export function analysed(context: ApiContext, action: FoundAction): AnalysedPolicy {
  const read = readWithLacks(context, action);
  const token = tokenOf(read.policy, context);
  const placed = context.facts.actions.find((one) => isAt(one.action, action.path));
  const found = context.operations.flatMap((operation) => {
    const one = runIn(context, operation, action.path);
    if (one === undefined) return [];
    const destination = destinationOf(token, one.run, one.runs);
    const condition = allOf([...one.run.guards.map((guard) => guard.condition), destination.when]);
    return [{ operation, condition, destination }];
  });
  const destinations = found.map(({ destination }) => destination);
  const output =
    found.length > 0 ? outputOf(destinations, context.facts, false) : outputElsewhere(context, action, placed, token);
  const reached = output.kind === 'cannot' ? destinations : reaching(destinations);
  return {
    action,
    ...read,
    placed,
    runs: found.filter(({ destination }) => reached.includes(destination)),
    output,
    conditions: placed === undefined ? [] : conditionsOf(context.facts, placed.cases),
  };
}

/** The run of a policy for an operation, and all runs of the operation; undefined if the policy runs for nothing. */
function runIn(
  { runsFor }: ApiContext,
  operation: OperationFacts,
  path: YamlPath,
): { readonly run: Run; readonly runs: readonly Run[] } | undefined {
  const runs = runsFor(operation);
  const run = runs.find(({ action }) => isAt(action, path));
  // Before the policy or after it: the client gets an error.
  const isRefused = run && runs.some((other) => other.action.name === 'throw' && alwaysWith(other, run));
  return run === undefined || isRefused ? undefined : { run, runs };
}

/** A file without operations still has a flow. */
const noOperation: OperationFacts = { verb: '', path: '', id: undefined };

/** What follows a part of an assembly. */
const request: Run = { action: { kind: 'action', name: 'invoke', properties: {}, path: [] }, guards: [] };

/** The output of a policy of a file without operations, or that runs for none of them. */
function outputElsewhere(
  context: ApiContext,
  action: FoundAction,
  placed: PlacedAction | undefined,
  token: Carried,
): PolicyOutput {
  if (placed === undefined) {
    const message = 'The gateway runs this policy only after an error (`catch`), or not in the flow of a request.';
    return { kind: 'cannot', code: 'import.not-called', message, at: undefined };
  }
  if (context.operations.length > 0) {
    const message = 'No operation of the API runs this policy, or the assembly always refuses the requests.';
    return { kind: 'cannot', code: 'import.not-called', message, at: undefined };
  }
  if (context.isTooLarge) return openOutput('The API is too large for the import to follow its flow.');
  const one = runIn(context, noOperation, action.path);
  const unknown: Destination = { headers: new Map(), readers: [], isSent: true, when: always };
  const isFragment = context.extension === undefined;
  const destination =
    one === undefined ? unknown : destinationOf(token, one.run, isFragment ? [...one.runs, request] : one.runs);
  return outputOf([destination], context.facts, isFragment);
}

/** The variable that the policy writes to, and what is before the token in it. */
function tokenOf({ read }: ReadPolicy, { api }: ApiContext): Carried {
  const authorization: Carried = { variable: 'message.headers.authorization', prefix: 'Bearer ' };
  if (read?.properties.jwt === undefined) return authorization;
  const { reader, properties } = read;
  const variable = constantText(reader, reader.textAt('jwt'), reader.before);
  if (variable === undefined || variable === '') return authorization;
  const isKnown = properties.version !== undefined || api.gateway !== undefined;
  return { variable, prefix: isKnown ? reader.version.variablePrefix : undefined };
}
