/**
 * @module
 * Finds members that an expression names and nothing fills: their value is always null, so the claim is missing.
 *
 * A claim may have any name, so the members of an open object are never reported. Without a configuration, only names
 * that no object has are.
 */
import type { Code } from '../diagnostics/codes.ts';
import { isPlainName, nameOr, theyAre } from '../diagnostics/harmless.ts';
import { type Problems, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { attributeReaders, callerReaders } from './bindings.ts';
import { answerOf, membersFor } from './caller-answers.ts';
import { type CallerFact, callerObject, type KnownCallers } from './caller-objects.ts';
import { insteadOfStringMember } from './habits.ts';
import { type MemberRead, pathText } from './member-reads.ts';

interface Finding {
  readonly code: Extract<Code, 'dataweave.unknown-member' | 'identity.unfilled-member'>;
  /** The offset in the expression. */
  readonly at: number;
  readonly message: string;
  readonly suggestion: string;
}

/** @param callers what the sources of the configuration know; undefined without a configuration */
export function checkReads(
  source: SourceText,
  reads: readonly MemberRead[],
  callers: readonly KnownCallers[] | undefined,
  problems: Problems,
): void {
  const seen = new Set<number>();
  for (const read of reads) {
    const found = findingOf(read, callers);
    // A compiler may visit a part of an expression twice.
    if (found === undefined || seen.has(found.at)) continue;
    seen.add(found.at);
    const { code, at, message, suggestion } = found;
    problems.add(problemAt(source, at, code, { message, suggestion }));
  }
}

function findingOf(read: MemberRead, callers: readonly KnownCallers[] | undefined): Finding | undefined {
  switch (read.input) {
    case 'attributes':
      return attributeFinding(read);
    case 'authentication':
      return callerFinding(read, callers);
    case 'vars':
    case 'payload':
    case 'time':
    case 'random':
      return undefined;
  }
}

type Names = MemberRead['names'];

const attributeNames = ['headers', 'queryParams', ...attributeReaders.keys()];

/** Names of Mule's HTTP attributes that Flex Gateway does not have, with what it has. */
const elsewhere: Readonly<Record<string, string>> = {
  path: 'requestPath',
  rawRequestPath: 'requestPath',
  relativePath: 'requestPath',
  maskedRequestPath: 'requestPath',
  listenerPath: 'requestPath',
  uri: 'requestUri',
  url: 'requestUri',
  rawRequestUri: 'requestUri',
  query: 'queryString',
  host: "headers[':authority']",
};

function attributeFinding({ names }: MemberRead): Finding | undefined {
  const [first, second, third] = names;
  if (first === undefined) return undefined;
  if (!attributeNames.includes(first.name)) return unknownMember('attributes', first, nearAttribute(first.name));
  if (first.name === 'statusCode') {
    return {
      code: 'dataweave.unknown-member',
      at: first.at,
      message: '`attributes.statusCode` is always null: the token is minted before there is a response.',
      suggestion: 'Remove it.',
    };
  }
  const isMap = first.name === 'headers' || first.name === 'queryParams';
  const inside = isMap ? third : second;
  return (
    inside && insideString(isMap ? `a member of \`attributes.${first.name}\`` : `\`attributes.${first.name}\``, inside)
  );
}

function nearAttribute(name: string): string {
  const other = Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
  const near = other ?? nearest(name, attributeNames);
  if (near === undefined) return `The members are: ${attributeNames.join(', ')}.`;
  return other === undefined ? `Did you mean \`attributes.${near}\`?` : `Write \`attributes.${near}\`.`;
}

function unknownMember(of: string, { name, at }: Names[number], suggestion: string): Finding {
  const message = `Nothing fills ${isPlainName(name) ? `\`${of}.${name}\`` : `this member of \`${of}\``}: it is always null.`;
  return { code: 'dataweave.unknown-member', at, message, suggestion };
}

function insideString(what: string, { name, at }: Names[number]): Finding {
  const message = `The value of ${what} is a string or null. It has no members.`;
  return {
    code: 'dataweave.unknown-member',
    at,
    message,
    suggestion: insteadOfStringMember(name) ?? 'Remove the rest of the path.',
  };
}

const callerNames = [...callerReaders.keys()];

function callerFinding(read: MemberRead, callers: readonly KnownCallers[] | undefined): Finding | undefined {
  const [first, second] = read.names;
  if (first === undefined) return undefined;
  if (!callerNames.includes(first.name)) return unknownMember('authentication', first, nearCaller(first.name, callers));
  if (first.name !== 'properties') {
    if (second !== undefined) return insideString(`\`authentication.${first.name}\``, second);
  } else if (second === undefined) return undefined;
  return callers && unfilled(read, callers);
}

function nearCaller(name: string, callers: readonly KnownCallers[] | undefined): string {
  const near = nearest(name, callerNames);
  if (near !== undefined) return `Did you mean \`authentication.${near}\`?`;
  const open = openMember(callers ?? []);
  return open === undefined
    ? membersText(callers ?? [])
    : `A claim is \`authentication.properties.${open}.${nameOr(name, 'NAME')}\`.`;
}

function unfilled(read: MemberRead, callers: readonly KnownCallers[]): Finding | undefined {
  const path = read.names.map(({ name }) => name);
  const answers = callers.map((known) => answerOf(path, known));
  if (answers.some(({ kind }) => kind === 'filled')) return undefined;
  const fact = answers.flatMap((answer) => (answer.kind === 'lacks' ? [answer.fact] : []))[0];
  const [first, second = first, third] = read.names;
  const isInside = third !== undefined && second !== undefined && isMember(second.name, callers);
  const at = (isInside ? third : second)?.at ?? 0;
  if (fact !== undefined || callers.length === 0) {
    return {
      code: 'identity.unfilled-member',
      at,
      message: `No source of \`authentication\` fills ${shownPath(read)}: it is always null.`,
      suggestion: fact === undefined ? 'Declare the sources of the caller in mintproc.yaml.' : declareFact[fact],
    };
  }
  return {
    code: 'dataweave.unknown-member',
    at,
    message: `Nothing fills ${shownPath(read)}: it is always null${becauseOf(callers)}.`,
    suggestion: instead(read.names, callers),
  };
}

const declareFact: Readonly<Record<CallerFact, string>> = {
  user: 'Write `principal: CLAIM` in a source of `authentication`.',
  clientId: 'Write `clientId: CLAIM`, or `clientId: { header: NAME }`, in a source of `authentication`.',
  clientName: 'Write `clientName: CLAIM`, or `clientName: { header: NAME }`, in a source of `authentication`.',
  slaId: 'Write `slaId: CLAIM`, or `slaId: { header: NAME }`, in a source of `authentication`.',
  jwt: 'Write `jwt: { header: authorization }` in a source of `authentication`, and let the filter forward the token.',
  claims: 'Write `properties: { NAME: HEADER }` in the source.',
};

function shownPath(read: MemberRead): string {
  const isShown = read.names.every(({ name }) => isPlainName(name));
  return isShown ? `\`${pathText(read)}\`` : 'the member that is named here';
}

function becauseOf(callers: readonly KnownCallers[]): string {
  const kinds = [
    ...new Set(callers.flatMap(({ as }) => (callerObject(as) === undefined || as === undefined ? [] : [as]))),
  ];
  return kinds.length === 0 ? '' : `, because of \`as: ${kinds.join('`, `as: ')}\``;
}

/** Where a claim with this name would be, or what there is. */
function instead([, second, third]: Names, callers: readonly KnownCallers[]): string {
  if (second === undefined) return membersText(callers);
  if (third !== undefined && isMember(second.name, callers)) return insteadOfClaim(second.name, third.name, callers);
  const near = nearest(
    `properties.${second.name}`,
    callers.flatMap((known) => [...membersFor(known)]),
  );
  if (near !== undefined) return `Did you mean \`authentication.${near}\`?`;
  const open = openMember(callers);
  if (open === undefined) return membersText(callers);
  return `A claim is \`authentication.properties.${open}.${nameOr((third ?? second).name, 'NAME')}\`.`;
}

function isMember(name: string, callers: readonly KnownCallers[]): boolean {
  return callers.some((known) => [...membersFor(known)].includes(`properties.${name}`));
}

/** A source that is not a token has few claims. */
function insteadOfClaim(member: string, name: string, callers: readonly KnownCallers[]): string {
  const claims = new Set(callers.flatMap((known) => known.claims ?? []));
  const near = nearest(name, claims);
  if (near !== undefined) return `Did you mean \`authentication.properties.${nameOr(member, 'NAME')}.${near}\`?`;
  return theyAre('claims of the source', claims) ?? 'Write `properties: { NAME: HEADER }` in the source.';
}

/** The member of `properties` that contains claims of any name. */
function openMember(callers: readonly KnownCallers[]): string | undefined {
  if (callers.length === 0) return 'claims';
  for (const { as, claims } of callers) {
    const object = callerObject(as);
    if (claims !== undefined) continue;
    if (object === undefined) return 'claims';
    const open = Object.entries(object.properties).find(([, fact]) => fact === 'claims');
    if (open !== undefined) return open[0];
  }
  return undefined;
}

function membersText(callers: readonly KnownCallers[]): string {
  const members = new Set(callers.flatMap((known) => [...membersFor(known)]));
  return `The members of \`authentication\` are: ${[...members].join(', ')}.`;
}
