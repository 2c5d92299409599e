/**
 * @module
 * The other policies that the gateway runs for the requests of a policy: those that authenticate the caller, those that
 * change headers, and the rest.
 */
import type { CallerKind } from '../../../expressions/caller-objects.ts';
import { field } from '../carriers.ts';
import type { AppliedPolicy } from './documents.ts';
import type { Instance } from './instances.ts';
import type { Targets } from './targets.ts';

/** A policy beside another one. */
export interface Neighbour {
  readonly policy: AppliedPolicy;
  readonly role: Role;
  /** Whether it runs before; undefined if the export does not say. */
  readonly isBefore: boolean | undefined;
}

export type Role =
  | { readonly kind: 'authentication'; readonly as: CallerKind }
  | { readonly kind: 'headers' }
  | { readonly kind: 'other' };

const authentication: readonly (readonly [name: RegExp, as: CallerKind])[] = [
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
  return { kind: /^header-(?:injection|removal)\b/.test(name) ? 'headers' : 'other' };
}

/** Which policies apply to each API, for searching. */
export class Neighbours {
  readonly #byInstance = new Map<Instance, AppliedPolicy[]>();

  constructor(policies: readonly (readonly [AppliedPolicy, Targets])[]) {
    for (const [policy, targets] of policies) {
      if (targets.kind !== 'known') continue;
      for (const instance of new Set(targets.targets.map((target) => target.instance))) {
        const known = this.#byInstance.get(instance) ?? [];
        known.push(policy);
        this.#byInstance.set(instance, known);
      }
    }
  }

  of(policy: AppliedPolicy, targets: Targets): readonly Neighbour[] {
    if (targets.kind !== 'known') return [];
    const instances = new Set(targets.targets.map(({ instance }) => instance));
    const beside = new Set([...instances].flatMap((instance) => this.#byInstance.get(instance) ?? []));
    return [...beside]
      .filter((other) => other !== policy && other.number === undefined && !routing.test(other.carried.policy))
      .filter((other) => itemField(other, 'disabled') !== true)
      .map((other) => ({ policy: other, role: roleOf(other.carried.policy), isBefore: runsBefore(other, policy) }));
  }
}

/** The vendor's default. */
const defaultOrder = 50;

export function orderOf(policy: AppliedPolicy): number {
  const order = itemField(policy, 'order');
  return typeof order === 'number' ? order : defaultOrder;
}

/** What the export says of the policy beside its own configuration. */
export function itemField({ carried, in: within }: AppliedPolicy, key: string): unknown {
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
