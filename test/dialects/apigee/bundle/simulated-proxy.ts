/**
 * @module
 * Small proxies as data: written as an export, and run as Apigee runs them, without any code of mintproc.
 */
import type { Dice } from '../../../search/dice.ts';
import { assigning, type Flows, minting, proxyEndpoint, targetEndpoint } from './made-bundle.ts';

export type Action =
  | {
      readonly kind: 'value' | 'template' | 'ref';
      readonly name: string;
      readonly text: string;
      readonly byDefault?: string;
    }
  /** Sets a variable to what no file says: a map, or a script. */
  | { readonly kind: 'map' | 'script'; readonly name: string }
  /** A shared flow that is not in the export: it sets any variable. */
  | { readonly kind: 'closed' }
  /** A shared flow of the export. */
  | { readonly kind: 'shared'; readonly steps: readonly SimulatedStep[] }
  | { readonly kind: 'put'; readonly header: string; readonly prefix: string }
  | { readonly kind: 'remove'; readonly header: string }
  | { readonly kind: 'mint' }
  /** The proxy answers, and the backend gets nothing. */
  | { readonly kind: 'refuse' }
  /** A name without a policy. */
  | { readonly kind: 'lost' };

export interface SimulatedStep {
  readonly policy: string;
  readonly condition: string | undefined;
}

export interface SimulatedFlow {
  readonly condition: string | undefined;
  readonly steps: readonly SimulatedStep[];
}

export interface SimulatedEndpoint {
  readonly pre: readonly SimulatedStep[];
  readonly flows: readonly SimulatedFlow[];
  readonly post: readonly SimulatedStep[];
}

export interface SimulatedRule {
  readonly condition: string | undefined;
  /** The target above, one without any policy, or none: the proxy answers. */
  readonly target: 't' | 'u' | undefined;
}

export interface SimulatedProxy {
  readonly policies: ReadonlyMap<string, { readonly action: Action; readonly enabled: boolean }>;
  readonly proxy: SimulatedEndpoint;
  readonly target: SimulatedEndpoint;
  /** The first whose condition is true decides; without one, the request is refused. */
  readonly rules: readonly SimulatedRule[];
  /** The variables that the minting policy reads. */
  readonly reads: readonly string[];
}

export interface SimulatedRequest {
  /** After the base path. */
  readonly suffix: string;
  readonly method: string;
  readonly headers: ReadonlyMap<string, string>;
}

export interface Run {
  /** The variables when the policy minted, each time. */
  readonly minted: readonly ReadonlyMap<string, string>[];
  /** The headers that reach the backend with a token, and what is before it. */
  readonly sent: ReadonlyMap<string, string>;
}

const token = '\u0001token';

/** What the backend gets; undefined if the proxy raises a fault. */
export function runProxy(simulated: SimulatedProxy, request: SimulatedRequest, dice: Dice): Run | undefined {
  const variables = new Map(Array.from(request.headers, ([name, value]) => [`request.header.${name}`, value]));
  const state: State = { simulated, request, variables, minted: [], dice };
  try {
    runEndpoint(simulated.proxy, state);
    const target = simulated.rules.find(({ condition }) => holds(condition, state))?.target;
    if (target === undefined) throw new Refusal();
    if (target === 't') runEndpoint(simulated.target, state);
  } catch (error) {
    if (error instanceof Refusal) return { minted: state.minted, sent: new Map() };
    if (error instanceof Fault) return undefined;
    throw error;
  }
  const sent = [...variables].filter(([name, value]) => name.startsWith('request.header.') && value.endsWith(token));
  return {
    minted: state.minted,
    sent: new Map(sent.map(([name, value]) => [name.slice('request.header.'.length), value.slice(0, -token.length)])),
  };
}

class Fault extends Error {}
class Refusal extends Error {}

interface State {
  readonly simulated: SimulatedProxy;
  readonly request: SimulatedRequest;
  readonly variables: Map<string, string>;
  readonly minted: ReadonlyMap<string, string>[];
  readonly dice: Dice;
}

function runEndpoint({ pre, flows, post }: SimulatedEndpoint, state: State): void {
  const flow = flows.find(({ condition }) => holds(condition, state));
  runSteps([...pre, ...(flow?.steps ?? []), ...post], state);
}

function runSteps(steps: readonly SimulatedStep[], state: State): void {
  for (const { policy, condition } of steps) {
    const found = state.simulated.policies.get(policy);
    if (found?.enabled === true && holds(condition, state)) act(found.action, state);
  }
}

function act(action: Action, state: State): void {
  const { variables, dice } = state;
  switch (action.kind) {
    case 'value':
      variables.set(action.name, action.text);
      return;
    case 'template':
      variables.set(action.name, filled(action.text, variables));
      return;
    case 'ref': {
      const value = variables.get(action.text) ?? action.byDefault;
      if (value !== undefined) variables.set(action.name, value);
      else if (dice.chance(50)) variables.delete(action.name);
      return;
    }
    case 'map':
    case 'script':
      if (dice.chance(90)) variables.set(action.name, unknown(dice));
      return;
    case 'closed':
    case 'lost':
      variables.set(dice.pick([...state.simulated.reads, 'nonce', 'sub']), unknown(dice));
      return;
    case 'shared':
      runSteps(action.steps, state);
      return;
    case 'put':
      variables.set(`request.header.${action.header}`, `${action.prefix}${filled('{out}', variables)}`);
      return;
    case 'remove':
      variables.delete(`request.header.${action.header}`);
      return;
    case 'refuse':
      throw new Refusal();
    case 'mint':
      state.minted.push(new Map(variables));
      variables.set('out', token);
  }
}

function unknown(dice: Dice): string {
  return `unknown ${dice.roll(1000)}`;
}

/** A variable without a value is a fault. */
function filled(template: string, variables: ReadonlyMap<string, string>): string {
  return template.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Fault();
    return value;
  });
}

/** The conditions of `conditions` below. */
function holds(condition: string | undefined, { request, variables }: State): boolean {
  if (condition === undefined) return true;
  return condition.split(' or ').some((part) => {
    const [, left = '', operator = '', right = ''] = /^(\S+) (\S+) "([^"]*)"$/.exec(part) ?? [];
    if (operator === 'MatchesPath') return matchesPath(request.suffix, right);
    const value = left === 'request.verb' ? request.method : variables.get(left);
    return operator === '=' ? value === right : value !== right;
  });
}

export function matchesPath(path: string, pattern: string): boolean {
  const source = pattern.replace(/\*\*|\*/g, (wildcard) => (wildcard === '**' ? '.+' : '[^/]+'));
  return new RegExp(`^${source}$`).test(path);
}

export const conditions = [
  'request.verb = "GET"',
  'request.verb = "POST"',
  'request.verb = "GET" or request.verb = "PUT"',
  'request.verb != "GET"',
  'proxy.pathsuffix MatchesPath "/a"',
  'proxy.pathsuffix MatchesPath "/a/*"',
  'proxy.pathsuffix MatchesPath "/a/**"',
  'proxy.pathsuffix MatchesPath "/a" or proxy.pathsuffix MatchesPath "/b/*"',
  'request.header.x-kind = "gold"',
  'nonce = "1"',
];

/** The files of the proxy, whose base path is `/v1/shop`. */
export function filesFor({ policies, proxy, target, rules, reads }: SimulatedProxy): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    'p/apiproxy/p.xml': '<APIProxy name="p"/>',
    'p/apiproxy/proxies/default.xml': proxyEndpoint(flowsOf(proxy), rules.map(ruleOf).join('')),
    'p/apiproxy/targets/t.xml': targetEndpoint(flowsOf(target)),
    'p/apiproxy/targets/u.xml': '<TargetEndpoint name="u"/>',
  };
  for (const [name, { action, enabled }] of policies) {
    if (action.kind === 'lost') continue;
    const text = xmlOf(name, action, reads).replace(/^<\w+ /, (start) => `${start}enabled="${enabled}" `);
    files[`p/apiproxy/policies/${name}.xml`] = text;
    if (action.kind !== 'shared') continue;
    const folder = `s-${name}/sharedflowbundle`;
    files[`${folder}/${name}.xml`] = `<SharedFlowBundle name="flow-${name}"/>`;
    files[`${folder}/sharedflows/default.xml`] = `<SharedFlow name="default">${stepsOf(action.steps)}</SharedFlow>`;
    for (const { policy } of action.steps) {
      const own = policies.get(policy);
      if (own === undefined || own.action.kind === 'lost') continue;
      const inner = xmlOf(policy, own.action, reads);
      files[`${folder}/policies/${policy}.xml`] = inner.replace(
        /^<\w+ /,
        (start) => `${start}enabled="${own.enabled}" `,
      );
    }
  }
  return files;
}

function ruleOf({ condition, target }: SimulatedRule, at: number): string {
  const to = target === undefined ? '' : `<TargetEndpoint>${target}</TargetEndpoint>`;
  return `<RouteRule name="r${at}">${to}${condition === undefined ? '' : `<Condition>${condition}</Condition>`}</RouteRule>`;
}

function xmlOf(name: string, action: Action, reads: readonly string[]): string {
  switch (action.kind) {
    case 'value':
      return assigning(name, action.name, `<Value>${action.text}</Value>`);
    case 'template':
      return assigning(name, action.name, `<Template>${action.text}</Template>`);
    case 'ref': {
      const value = action.byDefault === undefined ? '' : `<Value>${action.byDefault}</Value>`;
      return assigning(name, action.name, `<Ref>${action.text}</Ref>${value}`);
    }
    case 'map':
      return `<KeyValueMapOperations name="${name}" mapIdentifier="m"><Get assignTo="${action.name}"><Key><Parameter>e</Parameter></Key></Get></KeyValueMapOperations>`;
    case 'script':
      return `<Javascript name="${name}"><Source>context.setVariable("${action.name}", x)</Source></Javascript>`;
    case 'closed':
    case 'lost':
      return `<FlowCallout name="${name}"><SharedFlowBundle>elsewhere</SharedFlowBundle></FlowCallout>`;
    case 'shared':
      return `<FlowCallout name="${name}"><SharedFlowBundle>flow-${name}</SharedFlowBundle></FlowCallout>`;
    case 'put':
      return `<AssignMessage name="${name}"><Set><Headers><Header name="${action.header}">${action.prefix}{out}</Header></Headers></Set></AssignMessage>`;
    case 'remove':
      return `<AssignMessage name="${name}"><Remove><Headers><Header name="${action.header}"/></Headers></Remove></AssignMessage>`;
    case 'refuse':
      return `<RaiseFault name="${name}"/>`;
    case 'mint': {
      const claims = reads.map((read, at) => `<Claim name="c${at}" ref="${read}"/>`).join('');
      return minting(name, `<AdditionalClaims>${claims}</AdditionalClaims><OutputVariable>out</OutputVariable>`);
    }
  }
}

function stepsOf(steps: readonly SimulatedStep[]): string {
  return steps
    .map(({ policy, condition }) => {
      const when = condition === undefined ? '' : `<Condition>${condition}</Condition>`;
      return `<Step><Name>${policy}</Name>${when}</Step>`;
    })
    .join('');
}

function flowsOf({ pre, flows, post }: SimulatedEndpoint): Flows {
  const calls = (steps: readonly SimulatedStep[]): readonly string[] =>
    steps.map(({ policy, condition }) => (condition === undefined ? policy : `${policy} when ${condition}`));
  const named = flows.map(({ condition, steps }, at) => [
    // The names must differ, and the spaces at the end do not count.
    `Flow${condition === undefined ? '' : ` ${condition}`}${' '.repeat(at + 1)}`,
    [calls(steps)] as const,
  ]);
  return { Pre: [calls(pre)], ...Object.fromEntries(named), Post: [calls(post)] };
}
