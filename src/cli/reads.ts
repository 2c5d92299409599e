/**
 * @module
 * What a policy reads, and where each value comes from, for `explain`.
 */
import type { CompiledPolicy } from '../configuration/policy/policy-loader.ts';
import { isPlainName, nameOr, plainNames } from '../diagnostics/harmless.ts';
import type { VariableUse } from '../dialects/policy-file.ts';
import { attributeReaders } from '../expressions/bindings.ts';
import { answerOf } from '../expressions/caller-answers.ts';
import type { CallerKind, KnownCallers } from '../expressions/caller-objects.ts';
import { isInputRead, type MemberRead, pathText } from '../expressions/member-reads.ts';
import type { AuthenticationSettings } from '../identity/authentication-schema.ts';
import { knownCallers } from '../identity/known-callers.ts';
import type { EnvoyReads } from '../request/envoy-reads.ts';

export interface Reading {
  /** A member of an input, or a variable. */
  readonly name: string;
  readonly comes: string;
}

/** Each member and each variable once, in the order of the policy. */
export function describeReads(
  { found, as }: Pick<CompiledPolicy, 'found' | 'as'>,
  authentication: AuthenticationSettings,
): readonly Reading[] {
  const callers = knownCallers(authentication, as);
  const readings = [
    ...(found.reads ?? []).filter(isInputRead).map((read) => ({ name: shown(read), comes: comesFrom(read, callers) })),
    ...(found.variables ?? []).filter(({ use }) => use === 'value').map(describeVariable),
  ];
  return [...new Map(readings.map((reading) => [reading.name, reading])).values()];
}

function shown(read: MemberRead): string {
  return read.names.every(({ name }) => isPlainName(name)) ? pathText(read) : `a member of ${read.input}`;
}

function comesFrom({ input, names }: MemberRead, callers: readonly KnownCallers[]): string {
  const path = names.map(({ name }) => name);
  if (input === 'authentication') return fromCaller(path, callers);
  const [first] = path;
  return first === undefined || requestMembers.has(first) ? 'the request' : nothing;
}

const requestMembers: ReadonlySet<string> = new Set(
  ['headers', 'queryParams', ...attributeReaders.keys()].filter((name) => name !== 'statusCode'),
);

const nothing = 'nothing: it is always null';

function fromCaller(path: readonly string[], callers: readonly KnownCallers[]): string {
  const isAll = path.length === 0 || (path.length === 1 && path[0] === 'properties');
  if (isAll) return 'the source that knows the caller';
  const filled = callers.flatMap((known) => {
    const answer = answerOf(path, known);
    return answer.kind === 'filled' ? [`${known.from}: ${answer.from}`] : [];
  });
  return filled.length === 0 ? nothing : filled.join(', else ');
}

const origins: Readonly<Record<VariableUse['origin'], string>> = {
  request: 'the request or its caller',
  declared: 'mintproc.yaml',
  unknown: 'an earlier policy, if one sets it',
};

function describeVariable({ name, origin }: VariableUse): Reading {
  return { name: nameOr(name, 'a variable'), comes: origins[origin] };
}

/** How the sources describe their callers. */
export function describeObjects({ sources }: AuthenticationSettings, as: CallerKind | undefined): string {
  if (as !== undefined) return `as: ${as}, by the policy's entry`;
  const kinds = knownCallers({ sources }).map(
    ({ from, as: kind }) => `${from}${kind === undefined ? '' : ` as ${kind}`}`,
  );
  return kinds.length === 0 ? 'no source' : kinds.join(', ');
}

/** The names that are shown of each kind. */
const maxNames = 100;

/** The attributes and namespaces by name. */
export function shownReads({ attributes, namespaces }: EnvoyReads): Readonly<Record<keyof EnvoyReads, string[]>> {
  const shown = (names: Iterable<string>): string[] => [...names].filter(isPlainName).slice(0, maxNames);
  return { attributes: shown(attributes.keys()), namespaces: shown(namespaces.keys()) };
}

/** What the ext_proc filter must list to send it, as its configuration writes that. */
export function describeEnvoyReads({ attributes, namespaces }: ReturnType<typeof shownReads>): string {
  const keys = [
    ...(attributes.length === 0 ? [] : [`request_attributes: [${plainNames(attributes)}]`]),
    ...(namespaces.length === 0 ? [] : [`forwarding_namespaces: [${plainNames(namespaces)}]`]),
  ];
  return keys.length === 0 ? 'sends enough by default' : keys.join('; ');
}
