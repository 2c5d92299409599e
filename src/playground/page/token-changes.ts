/**
 * @module
 * What is different between two tokens of a policy, without what differs in each run: times that move with the clock,
 * random identifiers.
 */
import type { ShownMember, ShownToken } from '../interface.ts';

export interface Minted {
  readonly token: ShownToken;
  /** Milliseconds since the epoch that the request had. */
  readonly at: number;
}

export interface Change {
  readonly part: 'header' | 'claims';
  readonly name: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before?: string;
  readonly after?: string;
}

export function tokenChanges(before: Minted, after: Minted): Change[] {
  const moved = Math.round((after.at - before.at) / 1000);
  return [
    ...memberChanges('header', before.token.header, after.token.header, moved),
    ...memberChanges('claims', before.token.claims, after.token.claims, moved),
  ];
}

type Present = ShownMember & { readonly name: string; readonly json: string };

function memberChanges(
  part: Change['part'],
  before: readonly ShownMember[],
  after: readonly ShownMember[],
  moved: number,
): Change[] {
  const old = presentByName(before);
  const now = presentByName(after);
  const names = new Set([...now.keys(), ...old.keys()]);
  return [...names].flatMap((name): Change[] => {
    const was = old.get(name);
    const is = now.get(name);
    if (was === undefined) return is === undefined ? [] : [{ part, name, kind: 'added', after: is.json }];
    if (is === undefined) return [{ part, name, kind: 'removed', before: was.json }];
    if (was.json === is.json || isTime(was, is, moved) || isRandom(was, is)) return [];
    return [{ part, name, kind: 'changed', before: was.json, after: is.json }];
  });
}

function presentByName(members: readonly ShownMember[]): Map<string, Present> {
  return new Map(members.flatMap((member) => (isPresent(member) ? [[member.name, member]] : [])));
}

function isPresent(member: ShownMember): member is Present {
  return member.name !== null && member.json !== undefined;
}

/** Whether a number moved as the clock did. The clock has milliseconds, a token has seconds. */
function isTime(before: Present, after: Present, moved: number): boolean {
  if (!/^\d{9,11}$/.test(before.json) || !/^\d{9,11}$/.test(after.json)) return false;
  return Math.abs(Number(after.json) - Number(before.json) - moved) <= 1;
}

/**
 * Whether the same expression has read the same and has still given another value. A value without an expression, such
 * as `alg`, is different only if the policy is; the identifier that a gateway makes is not.
 */
function isRandom(before: Present, after: Present): boolean {
  if (after.expression === undefined && after.name !== 'jti') return false;
  const isSame = before.expression === after.expression && before.comes === after.comes;
  return isSame && steadyReads(before) === steadyReads(after);
}

/** What a run brings by itself, as src/mint/recorded-scope.ts names it. */
const ownInputs: ReadonlySet<string> = new Set(['the time', 'a random UUID']);

function steadyReads({ reads }: Present): string {
  return JSON.stringify(reads.filter(({ input }) => !ownInputs.has(input)));
}

/** For screen readers, such as `Token changed: tenant added, sub changed.` */
export function changesSentence(changes: readonly Change[]): string {
  const parts = changes.map(({ part, name, kind }) => `${part === 'header' ? 'header ' : ''}${name} ${kind}`);
  const listed = parts.slice(0, 6).join(', ');
  return parts.length > 6 ? `Token changed: ${listed} and ${parts.length - 6} more.` : `Token changed: ${listed}.`;
}
