/**
 * @module
 * What a value needs of a request. What makes a value says it, so that a configuration knows all that its policies
 * read: what Envoy sends only if its filter says so, and what two requests must have in common to get one token.
 */
import { headerName } from '../expressions/bindings.ts';
import type { MemberRead } from '../expressions/member-reads.ts';
import { type ConnectionInfo, connectionAttributes } from '../request/request-view.ts';

export type Need =
  /** One of Envoy's attributes. `isSpare`: most requests have the value in a header, too. */
  | { readonly kind: 'attribute'; readonly name: string; readonly isSpare?: boolean }
  /** A namespace of Envoy's dynamic metadata. */
  | { readonly kind: 'namespace'; readonly name: string }
  /**
   * The caller, from whichever source knows it. `member`: the names after `authentication` that lead to what is read,
   * such as `properties`, `claims`, `sub`; absent if it may be anything.
   */
  | { readonly kind: 'caller'; readonly member?: readonly string[] }
  | SentNeed;

/** What every request has. */
export type SentNeed =
  /** All values of one header, by its name in lower case; pseudo-headers except `:path`, too. */
  | { readonly kind: 'header'; readonly name: string }
  /** Headers that the policy does not name: the names of all, or one whose name is computed. */
  | { readonly kind: 'headers' }
  /** `:path` before its first `?`. */
  | { readonly kind: 'path' }
  /** What follows the first `?` of `:path`. */
  | { readonly kind: 'query' }
  | { readonly kind: 'time' }
  | { readonly kind: 'random' }
  | { readonly kind: 'body' };

/** A need, and the name that the policy writes for the value. */
export interface NamedNeed {
  readonly need: Need;
  readonly by: string;
}

/** Something that says what it needs. */
export interface Needing {
  /** For use when all policies are read: a claim of a token is then known to be the caller's, or not. */
  needs(): readonly Need[];
}

/** For a value that is the same for every request. */
export const needsNothing = (): readonly Need[] => [];

/** What several values need together. */
export function needsOf(...values: readonly Needing[]): readonly Need[] {
  return values.flatMap((value) => value.needs());
}

/** A value, and the name that the policy writes for it. */
export interface NamedValue {
  readonly by: string;
  readonly value: Needing;
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

export const [path, query] = [{ kind: 'path' }, { kind: 'query' }] as const;
export const [time, random] = [{ kind: 'time' }, { kind: 'random' }] as const;
export const anyHeader = { kind: 'headers' } as const;

/** What identifies `:path` as a whole. */
export const target = [path, query] as const;

/** @param name in lower case */
export function headerNeeds(name: string): readonly Extract<SentNeed, { kind: 'header' | 'path' | 'query' }>[] {
  return name === ':path' ? target : [{ kind: 'header', name }];
}

/** What an expression needs to read a member of an input. */
export function needsOfRead({ input, names }: MemberRead): readonly Need[] {
  switch (input) {
    case 'authentication':
      return [{ kind: 'caller', member: names.map(({ name }) => name) }];
    case 'attributes':
      return needsOfAttributes(names.map(({ name }) => name));
    case 'payload':
      return [{ kind: 'body' }];
    // An expression may name them only where they are never evaluated.
    case 'vars':
      return [];
    case 'time':
    case 'random':
      return [{ kind: input }];
  }
}

const method = headerNeeds(':method');

/** The members with a value of their own. Any other one is null for every request. */
const needsOfMembers: ReadonlyMap<string, readonly Need[]> = new Map<string, readonly Need[]>([
  ['method', method],
  ['requestPath', [path]],
  ['requestUri', target],
  ['queryString', [query]],
  ['queryParams', [query]],
  ['headers', [anyHeader]],
  ...(['scheme', 'version', 'remoteAddress', 'localAddress'] satisfies (keyof ConnectionInfo)[]).map(
    (member): [string, readonly Need[]] => [member, [connectionNeed(member)]],
  ),
]);

/** @param names empty: any member, or all of them */
function needsOfAttributes([name, member]: readonly string[]): readonly Need[] {
  if (name === undefined) return [...needsOfMembers.values()].flat();
  if (name === 'headers' && member !== undefined) return headerNeeds(headerName(member));
  return needsOfMembers.get(name) ?? [];
}
