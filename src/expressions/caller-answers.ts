/**
 * @module
 * Where a member of `authentication` comes from, for the callers that one source finds.
 */
import { isPlainName } from '../diagnostics/harmless.ts';
import { type CallerFact, type CallerObject, callerObject, type KnownCallers, membersOf } from './caller-objects.ts';

export type Answer =
  /** `from`: in words. */
  | { readonly kind: 'filled'; readonly from: string }
  /** The object has the member, and the source does not know its value. */
  | { readonly kind: 'lacks'; readonly fact: CallerFact }
  /** The object has no such member. */
  | { readonly kind: 'unknown' };

/** @param path the names after `authentication`; those of strings are checked elsewhere */
export function answerOf(path: readonly string[], known: KnownCallers): Answer {
  const object = callerObject(known.as);
  return object === undefined ? plainAnswer(path, known) : answerOfObject(path, known, object);
}

/** The members that do not depend on the claims, without `as`. */
const plainMembers: ReadonlyMap<string, CallerFact> = new Map<string, CallerFact>([
  ['principal', 'user'],
  ['clientId', 'clientId'],
  ['clientName', 'clientName'],
]);

/** The names of members with a fixed meaning, as paths. */
export function membersFor({ as }: KnownCallers): Iterable<string> {
  const object = callerObject(as);
  return object === undefined ? [...plainMembers.keys(), 'properties.claims'] : membersOf(object).keys();
}

function plainAnswer([first = '', second, third]: readonly string[], known: KnownCallers): Answer {
  if (first !== 'properties' || second === undefined) return answerOfFact(plainMembers.get(first), undefined, known);
  if (second === 'claims') return answerOfFact('claims', third, known);
  const claim = answerOfFact('claims', second, known);
  return claim.kind === 'unknown' && second === 'clientId' ? answerOfFact('clientId', undefined, known) : claim;
}

function answerOfObject(
  [first = '', second, third]: readonly string[],
  known: KnownCallers,
  object: CallerObject,
): Answer {
  const path = second === undefined ? first : `${first}.${second}`;
  return answerOfFact(membersOf(object).get(path), third, known);
}

/** @param inside the name of a claim, for the fact `claims` */
function answerOfFact(fact: CallerFact | undefined, inside: string | undefined, known: KnownCallers): Answer {
  if (fact === undefined) return { kind: 'unknown' };
  const from = known.facts.get(fact);
  if (from === undefined) return { kind: 'lacks', fact };
  if (fact !== 'claims' || inside === undefined) return { kind: 'filled', from };
  if (known.claims !== undefined && !known.claims.includes(inside)) return { kind: 'unknown' };
  return { kind: 'filled', from: isPlainName(inside) ? `claim ${inside}` : 'a claim' };
}
