/**
 * @module
 * The other policies that the gateway runs for the requests of a policy: those that authenticate the caller, those that
 * change headers, and the rest.
 */
import { isDeepStrictEqual } from 'node:util';
import type { CallerKind } from '../../../expressions/caller-objects.ts';
import { field } from '../carriers.ts';
import type { AppliedPolicy } from './documents.ts';
import type { Instance } from './instances.ts';
import type { Target, Targets } from './targets.ts';

/** A policy beside another one. */
export interface Neighbour {
  readonly policy: AppliedPolicy;
  readonly role: Role;
  /** Whether it runs before; undefined if the export does not say. */
  readonly isBefore: boolean | undefined;
  /** Whether it runs for all requests of the other one. */
  readonly runsAlways: boolean;
}

/** The policies of the gateway that authenticate. */
export type Authenticating = Exclude<CallerKind, 'apigee'>;

export type Role =
  | { readonly kind: 'authentication'; readonly as: Authenticating }
  | { readonly kind: 'headers' }
  | { readonly kind: 'other' };

const authentication: readonly (readonly [name: RegExp, as: Authenticating])[] = [
  [/^jwt-validation\b/, 'jwt-validation'],
  [/\bintrospection\b/, 'introspection'],
  [/^open-?id-?connect\b/, 'openid-connect'],
  [/^(?:http-basic|ldap|simple|basic)-auth/, 'basic'],
  [/^(?:client-id-enforcement|rate-limiting-sla)\b/, 'client-id'],
];

/** Policies that choose the upstream service. */
const routing = /^(?:route|route-weighted|envoy\.filters\.http\.router)$/;

function roleOf(name: string): Role {
  const as = authentication.find(([form]) => form.test(name))?.[1];
  if (as !== undefined) return { kind: 'authentication', as };
  return {
    kind: /^(?:header-(?:injection|removal)|dataweave-headers-transformation)\b/.test(name) ? 'headers' : 'other',
  };
}

interface Bound {
  readonly policy: AppliedPolicy;
  readonly targets: readonly Target[];
}

/** Which policies apply to each API, for searching. */
export class Neighbours {
  readonly #byInstance = new Map<Instance, Bound[]>();

  constructor(policies: readonly (readonly [AppliedPolicy, Targets])[]) {
    for (const [policy, targets] of policies) {
      if (targets.kind !== 'known') continue;
      const one: Bound = { policy, targets: targets.targets };
      for (const instance of new Set(targets.targets.map((target) => target.instance))) {
        const known = this.#byInstance.get(instance) ?? [];
        known.push(one);
        this.#byInstance.set(instance, known);
      }
    }
  }

  of(policy: AppliedPolicy, targets: Targets): readonly Neighbour[] {
    if (targets.kind !== 'known') return [];
    const instances = new Set(targets.targets.map(({ instance }) => instance));
    const beside = new Set([...instances].flatMap((instance) => this.#byInstance.get(instance) ?? []));
    return [...beside]
      .filter(({ policy: { carried, number } }) => number === undefined && !routing.test(carried.policy))
      .filter(({ policy: other }) => itemField(other, 'disabled') !== true)
      .map(({ policy: other, targets: others }) => ({
        policy: other,
        role: roleOf(other.carried.policy),
        isBefore: runsBefore(other, policy),
        runsAlways: haveAll(others, targets.targets) && haveSameRules(other, policy),
      }));
  }
}

/** Whether a policy that applies to the first targets has the requests of the second ones. */
function haveAll(some: readonly Target[], wanted: readonly Target[]): boolean {
  return wanted.every(({ instance, service }) =>
    some.some((one) => one.instance === instance && (one.service === undefined || one.service === service)),
  );
}

/** Whether a policy has no rules of its own, or those of the other one. */
function haveSameRules(one: AppliedPolicy, other: AppliedPolicy): boolean {
  return ['rules', 'pointcutData'].every((key) => {
    const rules = itemField(one, key) ?? null;
    return rules === null || isDeepStrictEqual(rules, itemField(other, key));
  });
}

/** The vendor's default. */
const defaultOrder = 50;

export function orderOf(policy: AppliedPolicy): number {
  const order = itemField(policy, 'order');
  return typeof order === 'number' ? order : defaultOrder;
}

/** What the export says of the policy beside its own configuration. */
function itemField({ carried, in: within }: AppliedPolicy, key: string): unknown {
  return field(carried.item.reduce<unknown>(field, within.document.value), key);
}

function runsBefore(one: AppliedPolicy, other: AppliedPolicy): boolean | undefined {
  const [first, second] = [orderOf(one), orderOf(other)];
  if (first !== second) return first < second;
  // Policies of one list run in its order.
  const [a, b] = [one.carried.item, other.carried.item];
  const isOneList = one.in === other.in && JSON.stringify(a.slice(0, -1)) === JSON.stringify(b.slice(0, -1));
  return isOneList ? Number(a.at(-1)) < Number(b.at(-1)) : undefined;
}
