/**
 * @module
 * Whether Envoy may keep tokens, and under which key: the parts of a request that the routes, and the policies whose
 * tokens are kept, read. `gen` writes the key into Envoy's filter, and mintproc compares its digest.
 *
 * What a key cannot hold is refused, with what reads it. A need of a kind that is not named here does not compile.
 */
import { createHash } from 'node:crypto';
import type { EnvoyReuse } from '../decision/rules.ts';
import { eachInSteps, type Steps } from '../diagnostics/steps.ts';
import { callerNeed, headerNeeds, type NamedNeed, type Need, path, target } from '../plan/needs.ts';
import { needsOfPlan } from '../plan/plan-needs.ts';
import type { KeyPart, ReuseKey } from '../request/envoy-reuse.ts';
import { connectionAttributes, routeNameAttribute } from '../request/request-view.ts';
import type { Configuration } from './configuration.ts';
import type { RouteEntry, Settings } from './configuration-schema.ts';
import { keyCaller, unreadCaller } from './envoy-reuse-caller.ts';
import type { CompiledPolicy } from './policy/policy-loader.ts';
import type { PolicySet } from './policy/policy-set.ts';
import { asksEnvoy } from './policy/reuse-settings.ts';

export interface KeptByEnvoy {
  readonly key: ReuseKey;
  /** Of the key: equal for two configurations whose keys are. */
  readonly digest: string;
  /** The names of the policies whose tokens Envoy may keep, on routes that run no others. */
  readonly policies: readonly string[];
  /** The names of the others. */
  readonly notKept: readonly string[];
  /**
   * Headers, in lower case, that choose a route or whether a policy is for a request: mintproc refuses a request that
   * has another spelling of one, so such a request must not get a kept token.
   */
  readonly conditions: readonly string[];
}

/** A key, or why there is none, as sentences. */
export type KeptFinding =
  | { readonly kind: 'kept'; readonly kept: KeptByEnvoy }
  | { readonly kind: 'refused'; readonly refusals: readonly string[] };

/** A configuration, with the policies of each route as the route runs them. */
export interface ReusedParts {
  readonly settings: Pick<Settings, 'authentication' | 'allowRoutePolicy' | 'publishVariables' | 'log'>;
  readonly routes: readonly ReusedRoute[];
  /** Whether the entry of a policy has `reuse: { for: … }`, and not `inEnvoy: 0s`. */
  asks(policy: string): boolean;
}

export interface ReusedRoute {
  readonly entry: Pick<RouteEntry, 'match' | 'requireCaller'>;
  /** Empty for a route that refuses. */
  readonly policies: readonly CompiledPolicy[];
}

/** @param set in which all policies of the configuration have loaded */
export function reusedParts(
  { policies, routes }: Pick<Configuration, 'policies' | 'routes'>,
  settings: Settings,
  set: PolicySet,
): ReusedParts {
  const asking = new Set(policies.flatMap(({ entry: { name, reuse } }) => (asksEnvoy(reuse) ? [name] : [])));
  return {
    settings,
    routes: routes.map(({ entry }) => ({
      entry,
      policies: (entry.policies ?? []).map((name) => set.onRoute(entry, name)),
    })),
    asks: (policy) => asking.has(policy),
  };
}

/** What a decision needs of it, besides the generation. */
export function inForce({ key, digest, policies }: KeptByEnvoy): Omit<EnvoyReuse, 'generation'> {
  return { digest, caller: key.caller, policies: new Set(policies) };
}

/** More make a filter slow. @internal Exported for the test at the limit. */
export const maxParts = 64;

/** More would hide the first. */
const maxRefusals = 32;

export function* keptByEnvoy({ settings, routes, asks }: ReusedParts): Steps<KeptFinding> {
  const isKept = ({ name, plan }: CompiledPolicy): boolean => plan.disabled !== true && asks(name);
  const chains = routes.filter(({ policies }) => policies.length > 0 && policies.every(isKept));
  const kept = new Set(chains.flatMap(({ policies }) => policies));
  if (kept.size === 0) return { kind: 'refused', refusals: [noneAsks] };
  const parts = new Parts();
  parts.refuseAll(refusalsOfSettings(settings));
  yield* eachInSteps(routes, ({ entry: { match } }) => parts.addMatch(match));
  yield* eachInSteps(chains, ({ entry }) => {
    if (entry.requireCaller === true) parts.add('A route', { need: callerNeed, by: '`requireCaller`' });
  });
  yield* eachInSteps(kept, (policy) => parts.addPolicy(policy));
  const caller = (parts.readsCaller ? keyCaller : unreadCaller)(settings.authentication);
  if (typeof caller === 'string') parts.refuse(caller);
  const { refusals } = parts;
  if (refusals.length > 0 || typeof caller === 'string') return { kind: 'refused', refusals };
  const key = { caller, parts: parts.all };
  const policies = namesOf(kept);
  const others = namesOf(routes.flatMap((route) => route.policies));
  const notKept = others.filter((name) => !policies.includes(name));
  return { kind: 'kept', kept: { key, digest: digestOf(key), policies, notKept, conditions: parts.conditions } };
}

function namesOf(policies: Iterable<CompiledPolicy>): readonly string[] {
  return [...new Set(Array.from(policies, ({ name }) => name))].sort();
}

/** Of the form of this module's keys, and of what the filter sends with it. */
const version = 2;

function digestOf(key: ReuseKey): string {
  return createHash('sha256')
    .update(JSON.stringify([version, key]))
    .digest('base64url');
}

const noneAsks =
  'No route has only policies whose tokens may be kept: write `reuse: { for: 30s }`, or another time, in the entry of each policy of a route.';

function refusalsOfSettings({ allowRoutePolicy, publishVariables, log }: ReusedParts['settings']): readonly string[] {
  return [
    ...(allowRoutePolicy
      ? [
          "`allowRoutePolicy`: Envoy's filter cannot see which policy a route names. Write routes with `match` in its place.",
        ]
      : []),
    ...(publishVariables
      ? [
          '`publishVariables`: a request that skips mintproc would have none of the variables. Remove it, or reuse tokens in mintproc only.',
        ]
      : []),
    ...(log.audit === false
      ? []
      : [
          '`log.audit`: a request that skips mintproc would have no line in the audit log. Reuse tokens in mintproc only: each of its requests has a line.',
        ]),
  ];
}

/** What Envoy says in an attribute, and a header has as well: the attribute is made of it. */
const partsOfAttributes: ReadonlyMap<string, readonly Need[]> = new Map<string, readonly Need[]>([
  [connectionAttributes.scheme, headerNeeds(':scheme')],
  ['request.method', headerNeeds(':method')],
  ['request.host', headerNeeds(':authority')],
  ['request.path', target],
  ['request.url_path', [path]],
  // The filter always has it in the key.
  [routeNameAttribute, []],
]);

/** Names with other separators than dashes have lookalikes with usual names. */
const usualName = /^[a-z0-9-]+$/;

class Parts {
  readonly #parts = new Map<string, KeyPart>();
  readonly #refusals = new Set<string>();
  readonly #conditions = new Set<string>();
  readsCaller = false;

  /** In an order that does not depend on that of the configuration. */
  get all(): readonly KeyPart[] {
    return [...this.#parts.keys()].sort().flatMap((key) => this.#parts.get(key) ?? []);
  }

  get conditions(): readonly string[] {
    return [...this.#conditions].sort();
  }

  get refusals(): readonly string[] {
    return [...this.#refusals].slice(0, maxRefusals);
  }

  refuse(sentence: string): void {
    this.#refusals.add(sentence);
  }

  refuseAll(sentences: readonly string[]): void {
    for (const sentence of sentences) this.refuse(sentence);
  }

  addMatch(match: ReusedRoute['entry']['match']): void {
    const headers = Object.keys(match.headers ?? {}).map((name) => name.toLowerCase());
    for (const name of headers) this.#addCondition('A route', '`match.headers`', name);
    const needs: readonly (readonly [by: string, needs: readonly Need[] | false])[] = [
      ['match.host', match.host !== undefined && headerNeeds(':authority')],
      ['match.path', match.path !== undefined && [path]],
      ['match.pathPrefix', match.pathPrefix !== undefined && [path]],
      ['match.method', match.method !== undefined && headerNeeds(':method')],
      ['match.routeName', match.routeName !== undefined && [{ kind: 'attribute', name: routeNameAttribute }]],
      // Where a query begins depends on how a server reads the path.
      ['match.query', match.query !== undefined && target],
      ['match.headers', headers.flatMap(headerNeeds)],
    ];
    for (const [by, all] of needs) for (const need of all || []) this.add('A route', { need, by: `\`${by}\`` });
  }

  addPolicy(policy: CompiledPolicy): void {
    const { name, plan, reuse, requiresCaller } = policy;
    const who = `\`${name}\``;
    if (reuse.kind === 'off')
      this.refuse(`${who}: its tokens are not reused at all, since ${reuse.because}. ${leaveOut}`);
    this.#requireUsual(who, 'the header of its token', policy.output.header.toLowerCase());
    for (const { name: header } of plan.rules?.rules.flatMap(({ headers }) => headers) ?? []) {
      this.#addCondition(who, 'one of its rules', header);
    }
    if (requiresCaller) this.add(who, { need: callerNeed, by: '`requireCaller`' });
    for (const need of needsOfPlan(plan)) this.add(who, need);
  }

  /** @param who the name of a policy, or a phrase */
  add(who: string, { need, by }: NamedNeed): void {
    switch (need.kind) {
      case 'header':
        this.addHeader(need.name);
        return;
      case 'path':
      case 'query':
        this.#addPart(need);
        return;
      case 'caller':
        this.readsCaller = true;
        return;
      case 'attribute': {
        const parts = partsOfAttributes.get(need.name);
        if (parts === undefined) this.#refuseRead(who, by, unkept.attribute);
        else for (const part of parts) this.add(who, { need: part, by });
        return;
      }
      case 'headers':
      case 'namespace':
      case 'time':
      case 'random':
      case 'body':
        this.#refuseRead(who, by, unkept[need.kind]);
        return;
      default:
        // A kind that is passed over here would be missing in the key.
        need satisfies never;
    }
  }

  addHeader(name: string): void {
    this.#addPart({ kind: 'header', name });
    // Envoy's own name for it; a header map has it under one of the two.
    if (name === 'host') this.#addPart({ kind: 'header', name: ':authority' });
  }

  #addPart(part: KeyPart): void {
    const key = part.kind === 'header' ? `header ${part.name}` : part.kind;
    if (this.#parts.size < maxParts || this.#parts.has(key)) this.#parts.set(key, part);
    else this.refuse(tooMany);
  }

  #refuseRead(who: string, by: string, { reads, instead }: Unkept): void {
    this.refuse(`${who}: ${by} reads ${reads}, which a key cannot hold. ${instead}`);
  }

  #addCondition(who: string, where: string, name: string): void {
    this.#conditions.add(name);
    this.#requireUsual(who, where, name);
  }

  #requireUsual(who: string, where: string, name: string): void {
    if (usualName.test(name)) return;
    this.refuse(
      `${who}: ${where} has a header whose name has other characters than letters, digits and dashes, so that others look like it. Write it with dashes.`,
    );
  }
}

const leaveOut = 'Leave `for` out of its `reuse`.';

const tooMany = `The key would have more than ${maxParts} parts. Read fewer headers, or leave \`for\` out of the \`reuse\` of the policies that read most.`;

interface Unkept {
  readonly reads: string;
  /** What to write. */
  readonly instead: string;
}

const unkept: Readonly<Record<'attribute' | 'headers' | 'namespace' | 'time' | 'random' | 'body', Unkept>> = {
  attribute: {
    reads: 'an attribute of Envoy',
    instead: `Read a header or the caller, or match by host, path or header. Else: ${leaveOut}`,
  },
  headers: {
    reads: 'headers that it does not name',
    instead: `Write the name of each header. Else: ${leaveOut}`,
  },
  namespace: {
    reads: 'metadata of Envoy',
    instead: `Read the claim of the caller, or a header. Else: ${leaveOut}`,
  },
  time: {
    reads: 'the time',
    instead: `Write a constant lifetime in whole seconds, and no other time. Else: ${leaveOut}`,
  },
  random: { reads: 'something random', instead: leaveOut },
  body: { reads: 'the body', instead: leaveOut },
};
