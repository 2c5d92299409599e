/**
 * @module
 * The steps of a proxy with those of the shared flows that it calls, where these are in the same export. A policy of a
 * shared flow has the name `FLOW: POLICY` there, since a proxy may have one of the same name.
 */
import { textIn } from '../xml-parts.ts';
import type { ProxyParts } from './chains.ts';
import { conditionsOf, type Endpoint, type Step } from './flow-steps.ts';
import type { UnreadableFile } from './proxy-files.ts';
import { anything, type BundlePolicy, parametersOf } from './settings.ts';

/** By the names that FlowCallouts use. */
export type SharedFlows = ReadonlyMap<string, ProxyParts>;

/** The name of a shared flow's policy in the proxies that call it. */
export function sharedName(flow: string, policy: string): string {
  return `${flow}: ${policy}`;
}

/** Shared flows call each other; deeper ones stay closed, and may set any variable. */
const deepest = 8;
/** Steps of one endpoint; a FlowCallout after them stays closed. */
const maxSteps = 2_000;

export function withSharedFlows(proxy: ProxyParts, sharedFlows: SharedFlows): ProxyParts {
  const policies = new Map(proxy.policies);
  const unreadable = new Set(proxy.unreadable);
  const expansion: Expansion = { proxy, prefix: '', sharedFlows, policies, unreadable };
  const endpoints = proxy.endpoints.map((endpoint) => expanded(endpoint, expansion));
  return { endpoints, policies, unreadable: [...unreadable] };
}

interface Expansion {
  /** Where the names of steps belong. */
  readonly proxy: ProxyParts;
  readonly prefix: string;
  readonly sharedFlows: SharedFlows;
  /** Those that were found so far, by the names that the steps have now. */
  readonly policies: Map<string, BundlePolicy>;
  /** Those of the proxy and of the shared flows that were found so far. */
  readonly unreadable: Set<UnreadableFile>;
}

function expanded(endpoint: Endpoint, expansion: Expansion): Endpoint {
  const steps: Step[] = [];
  for (const step of endpoint.steps) add(step, expansion, steps, 0);
  return { ...endpoint, steps };
}

function add(step: Step, expansion: Expansion, steps: Step[], depth: number): void {
  const { proxy, prefix, policies, sharedFlows, unreadable } = expansion;
  const name = `${prefix}${step.policy}`;
  const policy = proxy.policies.get(step.policy);
  policies.set(name, policy ?? missing(step));
  const called = policy && calledBy(policy, sharedFlows);
  for (const file of (policy && sharedFlows.get(flowName(policy))?.unreadable) ?? []) unreadable.add(file);
  const isOpen = called !== undefined && depth < deepest && steps.length + called.flow.steps.length <= maxSteps;
  if (policy === undefined || !isOpen) {
    steps.push({ ...step, policy: name });
    return;
  }
  if (!policy.enabled) return;
  const parameters = parametersOf(policy.root);
  if (parameters.length > 0) {
    policies.set(name, { ...policy, settings: parameters });
    steps.push({ ...step, policy: name });
  }
  const inner: Expansion = { ...expansion, proxy: called.proxy, prefix: sharedName(called.name, '') };
  for (const one of called.flow.steps) add(within(step, one), inner, steps, depth + 1);
}

/** What stands for a policy that is not in the export. */
export const missingKind = 'a missing policy';

/** A step whose policy is not in the export may do anything. */
function missing({ policy, place, source }: Step): BundlePolicy {
  const root = { name: 'Step', offset: 0, attributes: [], children: [], text: source.slice(0, 0) };
  const settings = [anything];
  return { kind: missingKind, name: policy, file: place.file, enabled: true, root, settings, script: '' };
}

/** The flow that a FlowCallout calls; undefined if it is not in the export. */
function calledBy(policy: BundlePolicy, sharedFlows: SharedFlows) {
  const name = flowName(policy);
  const proxy = sharedFlows.get(name);
  const [flow, ...more] = proxy?.endpoints ?? [];
  return proxy === undefined || flow === undefined || more.length > 0 ? undefined : { name, proxy, flow };
}

/** The shared flow that a FlowCallout names. */
function flowName({ kind, root }: BundlePolicy): string {
  return kind === 'FlowCallout' ? (textIn(root, 'SharedFlowBundle') ?? '') : '';
}

/** A step of a shared flow, as one of the flow that calls it. */
function within(outer: Step, inner: Step): Step {
  const condition = joined(conditionsOf(inner));
  return {
    ...outer,
    policy: inner.policy,
    place: inner.place,
    flow: `${outer.flow}: ${inner.flow}`,
    condition: joined([outer.condition, condition].filter((one) => one !== undefined)),
    nested: { callouts: [...(outer.nested?.callouts ?? []), outer], condition },
  };
}

function joined(conditions: readonly string[]): string | undefined {
  return conditions.length > 1 ? conditions.map((one) => `(${one})`).join(' and ') : conditions[0];
}
