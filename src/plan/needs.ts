/**
 * @module
 * What a value needs that Envoy sends only if its filter says so. What makes a value says it, so that a configuration
 * knows all that its policies read.
 */
import type { MemberRead } from '../expressions/member-reads.ts';
import { type ConnectionInfo, connectionAttributes } from '../request/request-view.ts';
import type { Computed } from './token-plan.ts';

export type Need =
  /** One of Envoy's attributes. `isSpare`: most requests have the value in a header, too. */
  | { readonly kind: 'attribute'; readonly name: string; readonly isSpare?: boolean }
  /** A namespace of Envoy's dynamic metadata. */
  | { readonly kind: 'namespace'; readonly name: string }
  /**
   * The caller, from whichever source knows it. `member`: the names after `authentication` that lead to what is read,
   * such as `properties`, `claims`, `sub`; absent if it may be anything.
   */
  | { readonly kind: 'caller'; readonly member?: readonly string[] };

/** A need, and the name that the policy writes for the value. */
export interface NamedNeed {
  readonly need: Need;
  readonly by: string;
}

/** A value that says what it needs. */
export interface NeedingValue extends Computed {
  /** For use when all policies are read: a claim of a token is then known to be the caller's, or not. */
  needs(): readonly Need[];
}

/** A value that needs only what every request has. */
export const needsNothing = (): readonly Need[] => [];

/** A value, and the name that the policy writes for it. */
export interface NamedValue {
  readonly by: string;
  readonly value: NeedingValue;
}

export function namedNeeds({ by, value }: NamedValue): readonly NamedNeed[] {
  return value.needs().map((need) => ({ need, by }));
}

export function distinctNeeds(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
}

export const callerNeed: Need = { kind: 'caller' };

/** A claim of the caller, by the names that lead to it. */
export function claimMember(...names: readonly string[]): readonly string[] {
  return ['properties', 'claims', ...names];
}

export function attributeNeed(name: string, isSpare = false): Need {
  return { kind: 'attribute', name, isSpare };
}

/** @param isSpare whether the value is also made without it */
export function connectionNeed(member: keyof ConnectionInfo, isSpare = false): Need {
  // Envoy's `request.scheme` is the value of `:scheme`.
  return attributeNeed(connectionAttributes[member], isSpare || member === 'scheme');
}

/** What an expression needs to read a member of an input. */
export function needsOfRead({ input, names }: MemberRead): readonly Need[] {
  switch (input) {
    case 'authentication':
      return [{ kind: 'caller', member: names.map(({ name }) => name) }];
    case 'attributes':
      return needsOfAttribute(names[0]?.name);
    case 'vars':
    case 'payload':
      return [];
  }
}

const connectionNeeds: ReadonlyMap<string, Need> = new Map(
  (['scheme', 'version', 'remoteAddress', 'localAddress'] satisfies (keyof ConnectionInfo)[]).map((member) => [
    member,
    connectionNeed(member),
  ]),
);

/** @param name undefined: any member, or all of them */
function needsOfAttribute(name: string | undefined): readonly Need[] {
  if (name === undefined) return [...connectionNeeds.values()];
  const need = connectionNeeds.get(name);
  return need === undefined ? [] : [need];
}
