/**
 * @module
 * What one policy does on the gateway: for which operations it runs, and where its token goes.
 */
import type { YamlPath } from '../../../documents/yaml-places.ts';
import type { FoundAction } from '../assembly.ts';
import { constantText } from '../constants.ts';
import type { ReadPolicy } from '../plan.ts';
import type { ApiContext } from './api-context.ts';
import { always, type Condition, type OperationFacts } from './condition.ts';
import { type Carried, type Destination, destinationOf } from './destination.ts';
import { alwaysWith, type Flow, type Run, runsOf } from './flow.ts';
import { type ReadWithLacks, readWithLacks } from './lacks.ts';
import { mayBeSent, outputOf, type PolicyOutput } from './output.ts';
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
  const placed = context.facts.actions.find((one) => isAt(one.action.path, action.path));
  const found = context.operations.flatMap((operation) => {
    const one = runIn(context.flow, operation, action.path);
    if (one === undefined) return [];
    const condition = allOf(one.run.guards.map((guard) => guard.condition));
    return [{ operation, condition, destination: destinationOf(token, one.run, one.runs) }];
  });
  const output =
    found.length > 0
      ? outputOf(
          found.map(({ destination }) => destination),
          context.facts,
          false,
        )
      : outputElsewhere(context, action, placed, token);
  return {
    action,
    ...read,
    placed,
    runs: output.kind === 'cannot' ? found : found.filter(({ destination }) => mayBeSent(destination)),
    output,
    conditions: placed === undefined ? [] : conditionsOf(context.facts, placed.cases),
  };
}

function isAt(path: YamlPath, other: YamlPath): boolean {
  return path.length === other.length && path.every((part, index) => part === other[index]);
}

function allOf(parts: readonly Condition[]): Condition {
  const [only = always, second] = parts;
  return second === undefined ? only : { kind: 'all', parts };
}

/** The run of a policy for an operation, and all runs of the operation; undefined if the policy does not run. */
function runIn(
  flow: Flow,
  operation: OperationFacts,
  path: YamlPath,
): { readonly run: Run; readonly runs: readonly Run[] } | undefined {
  const runs = runsOf(flow, operation);
  const at = runs.findIndex(({ action }) => isAt(action.path, path));
  const run = runs[at];
  if (run === undefined) return undefined;
  const isEnded = runs.slice(0, at).some((earlier) => earlier.action.name === 'throw' && alwaysWith(earlier, run));
  return isEnded ? undefined : { run, runs };
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
    return { kind: 'cannot', code: 'datapower.never-runs', message, at: undefined };
  }
  if (context.operations.length > 0) {
    const message = 'No operation of the API runs this policy, or the assembly always ends before it.';
    return { kind: 'cannot', code: 'datapower.never-runs', message, at: undefined };
  }
  const one = runIn(context.flow, noOperation, action.path);
  const unknown: Destination = { headers: new Map(), readers: [], isSent: true };
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
