/**
 * @module
 * Which steps run before and after a call of a policy: those of the ProxyEndpoint's PreFlow, of the one conditional
 * flow that matches, of its PostFlow, and then those of the TargetEndpoint; first for the request, then the response.
 */

import type { Endpoint, Step } from './flow-steps.ts';
import type { UnreadableFile } from './proxy-files.ts';
import type { BundlePolicy } from './settings.ts';

/** A step that may run before or after a call. */
export interface RunStep extends Call {
  /** Whether it always runs in a request that reaches the call. */
  readonly always: boolean;
}

/** One way through the flows that leads to a call. */
export interface Chain {
  readonly before: readonly RunStep[];
  readonly after: readonly RunStep[];
}

export interface ProxyParts {
  readonly endpoints: readonly Endpoint[];
  /** By the names that steps use. */
  readonly policies: ReadonlyMap<string, BundlePolicy>;
  /** Files whose steps or policies are missing here, also those of shared flows. */
  readonly unreadable: readonly UnreadableFile[];
}

/** A proxy that calls the policies of a bundle: itself, or for a shared flow one that has it. */
export interface CallingProxy {
  readonly proxy: ProxyParts;
  /** Before the names that its steps use for them. */
  readonly prefix: string;
  /** Its name; undefined if its files do not say it. */
  readonly name: string | undefined;
}

export interface Call {
  readonly endpoint: Endpoint;
  readonly step: Step;
}

export function callsOf({ endpoints }: ProxyParts, policy: string): readonly Call[] {
  return endpoints.flatMap((endpoint) =>
    endpoint.steps.filter((step) => step.policy === policy).map((step) => ({ endpoint, step })),
  );
}

/** The ProxyEndpoints whose requests reach the call: its own, or those that route to its TargetEndpoint. */
export function entrancesOf({ endpoints }: ProxyParts, { endpoint }: Call): readonly Endpoint[] {
  if (endpoint.kind !== 'TargetEndpoint') return [endpoint];
  return endpoints.filter(({ routes }) => routes.some(({ target }) => target === endpoint.name));
}

/** A TargetEndpoint that no RouteRule names has one way too: what is before it is not known, and nothing. */
export function chainsOf(proxy: ProxyParts, call: Call): readonly Chain[] {
  const { endpoint } = call;
  if (endpoint.kind !== 'TargetEndpoint') return [chain(call, endpoint, targetsOf(proxy, endpoint))];
  const entrances = entrancesOf(proxy, call);
  return entrances.length === 0
    ? [chain(call, undefined, [endpoint])]
    : entrances.map((entrance) => chain(call, entrance, [endpoint]));
}

function targetsOf({ endpoints }: ProxyParts, { routes }: Endpoint): readonly Endpoint[] {
  const names = new Set(routes.map(({ target }) => target));
  return endpoints.filter(({ kind, name }) => kind === 'TargetEndpoint' && names.has(name));
}

/** The TargetEndpoints of the call's requests that send a token of Google to the backend. */
export function authenticatingTargets(proxy: ProxyParts, { endpoint }: Call): readonly Endpoint[] {
  const targets = endpoint.kind === 'TargetEndpoint' ? [endpoint] : targetsOf(proxy, endpoint);
  return targets.filter(({ googleHeader }) => googleHeader !== undefined);
}

function chain(call: Call, entrance: Endpoint | undefined, targets: readonly Endpoint[]): Chain {
  const order = [
    ...stepsOf(entrance, 'request'),
    ...targets.flatMap((target) => stepsOf(target, 'request')),
    ...targets.flatMap((target) => stepsOf(target, 'response')),
    ...stepsOf(entrance, 'response'),
  ];
  const at = order.findIndex(({ step }) => step === call.step);
  const earlier = call.step.section === 'fault' ? beforeFault(order, call, at) : order.slice(0, at);
  const run = ({ step, endpoint }: Placed): RunStep[] =>
    excludes(call, step, endpoint)
      ? []
      : [{ step, endpoint, always: runsAlways(call, step, endpoint, targets.length) }];
  return { before: earlier.flatMap(run), after: order.slice(at + 1).flatMap(run) };
}

/** A fault rule runs after any step, and then its own steps in order. */
function beforeFault(order: readonly Placed[], call: Call, at: number): readonly Placed[] {
  const own = (one: Placed): boolean => isSameFlow(call, one.step, one.endpoint);
  return [...order.filter((one) => !own(one)), ...order.slice(0, at).filter(own)];
}

interface Placed {
  readonly step: Step;
  readonly endpoint: Endpoint;
}

function stepsOf(endpoint: Endpoint | undefined, direction: Step['direction']): readonly Placed[] {
  if (endpoint === undefined) return [];
  return endpoint.steps.filter((step) => step.direction === direction).map((step) => ({ step, endpoint }));
}

function isSameFlow({ step: own, endpoint: ownEndpoint }: Call, step: Step, endpoint: Endpoint): boolean {
  return endpoint === ownEndpoint && flowOf(step) === flowOf(own) && step.flowNumber === own.flowNumber;
}

/** The flow of the endpoint that leads to the step. */
function flowOf({ nested, flow }: Step): string {
  return nested?.callouts[0]?.flow ?? flow;
}

/** Of the flows of an endpoint only one runs, for the request; for the response the conditions may have changed. */
function excludes(call: Call, step: Step, endpoint: Endpoint): boolean {
  if (step.section === 'fault') return call.step.section !== 'fault';
  if (endpoint !== call.endpoint || step.direction !== call.step.direction) return false;
  return step.section === 'flow' && call.step.section === 'flow' && step.flowNumber !== call.step.flowNumber;
}

function runsAlways(call: Call, step: Step, endpoint: Endpoint, targets: number): boolean {
  if (!runsWith(call.step, step)) return false;
  if (isSameFlow(call, step, endpoint)) return true;
  if (call.step.section === 'fault' || step.section === 'client') return false;
  if (endpoint !== call.endpoint && endpoint.kind === 'TargetEndpoint' && targets > 1) return false;
  return step.section !== 'flow' || (step.flowNumber === 0 && step.flowCondition === undefined);
}

/** Whether the step has no conditions of its own. A FlowCallout that leads to both runs both. */
function runsWith({ nested: own }: Step, { condition, nested }: Step): boolean {
  if (nested === undefined) return condition === undefined;
  const others = nested.callouts.filter((callout) => own?.callouts.includes(callout) !== true);
  return [nested.condition, ...others.map(ownCondition)].every((one) => one === undefined);
}

function ownCondition({ nested, condition }: Step): string | undefined {
  return nested === undefined ? condition : nested.condition;
}
