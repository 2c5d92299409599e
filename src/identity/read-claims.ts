/**
 * @module
 * The claim behind a member of `authentication`: the opposite of how a caller is made of claims.
 */
import { type CallerFact, type CallerKind, callerObject, membersOf } from '../expressions/caller-objects.ts';
import type { AuthenticationSettings } from './authentication-schema.ts';
import { claimMapping } from './claim-mapping.ts';
import type { FactSource } from './fact-source.ts';

/**
 * The claim of the first source that a member is, as a path of names; the first one if there are several. Undefined if
 * the member may be any claim, or is not a claim.
 *
 * @param member the names after `authentication`
 * @param as the object that the policy reads
 */
export function claimRead(
  member: readonly string[],
  as: CallerKind | undefined,
  { sources }: AuthenticationSettings,
): readonly string[] | undefined {
  const [source] = sources;
  const found = source === undefined || source.from === 'headers' ? undefined : factAt(member, as);
  if (source === undefined || source.from === 'headers' || found === undefined) return undefined;
  const isVendors = callerObject(as) !== undefined;
  const mapping = claimMapping(source);
  switch (found.fact) {
    case 'claims':
      return found.inside.length === 0 ? undefined : found.inside;
    case 'user':
      return firstClaim(mapping.principal);
    case 'clientId':
      return firstClaim(isVendors ? mapping.contractId : mapping.clientId);
    case 'clientName':
      return firstClaim(isVendors ? mapping.contractName : mapping.clientName);
    case 'slaId':
      return firstClaim(mapping.slaId);
    case 'jwt':
      return undefined;
  }
}

interface FactAt {
  readonly fact: CallerFact;
  /** The names within the claims. */
  readonly inside: readonly string[];
}

function factAt(member: readonly string[], as: CallerKind | undefined): FactAt | undefined {
  const object = callerObject(as);
  const [first = '', second, ...inside] = member;
  if (object !== undefined) {
    const fact = membersOf(object).get(second === undefined ? first : `${first}.${second}`);
    return fact && { fact, inside };
  }
  const fact = plainMembers.get(second === undefined || second === 'clientId' ? (second ?? first) : '');
  if (fact !== undefined) return { fact, inside: [] };
  if (first !== 'properties' || second === undefined) return undefined;
  return { fact: 'claims', inside: second === 'claims' ? inside : [second, ...inside] };
}

/** Without `as`. Vendors' examples read `properties.clientId`, which no token has under this name. */
const plainMembers: ReadonlyMap<string, CallerFact> = new Map<string, CallerFact>([
  ['principal', 'user'],
  ['clientId', 'clientId'],
  ['clientName', 'clientName'],
]);

function firstClaim(source: FactSource): readonly string[] | undefined {
  return source.kind === 'claims' ? source.paths[0] : undefined;
}
