/**
 * @module
 * Custom claims and header parameters that hardly anyone means as they are written. All of them are warnings: the token
 * is the gateway's.
 */

import type { JsonValue } from '../../diagnostics/json.ts';
import type { Problems } from '../../diagnostics/problem.ts';
import type { LocatedYaml } from '../../documents/located-yaml.ts';
import type { YamlPath } from '../../documents/yaml-places.ts';
import { type Unlikely, unlikelyClaim, unlikelyParameter } from '../registered-members.ts';

/** A member as far as it is known at load; a part that depends on the request is undefined. */
export interface KnownMember {
  readonly path: YamlPath;
  readonly name: JsonValue | undefined;
  readonly value: JsonValue | undefined;
}

/** One of the two lists, and what the policy itself writes after it. */
export interface MemberList {
  readonly unlikely: Unlikely;
  /** The members that the policy writes last, and so replaces. */
  readonly replaced: ReadonlyMap<string, string>;
}

/** `alg` and `typ` of a header. */
export const headerList: MemberList = {
  unlikely: unlikelyParameter,
  replaced: new Map([
    ['alg', 'the name of the signing method'],
    ['typ', '`JWT`'],
  ]),
};

/** @param times the claims that the fields `exp`, `nbf` and `iat` of the policy write */
export function claimList(times: readonly string[]): MemberList {
  return {
    unlikely: unlikelyClaim,
    replaced: new Map(times.map((name) => [name, `the value of the field \`${name}\``])),
  };
}

export function checkMembers(
  members: readonly KnownMember[],
  list: MemberList,
  document: LocatedYaml,
  problems: Problems,
): void {
  const seen = new Set<string>();
  for (const { path, name, value } of members) {
    if (typeof name !== 'string') continue;
    const findings = [...nameFindings(name, seen.has(name)), ...valueFindings(name, value, list)];
    seen.add(name);
    for (const { part, code, message, suggestion } of findings) {
      document.report(problems, [...path, part], code, { message, suggestion });
    }
  }
}

interface Finding {
  /** The part of the member that is to be changed. */
  readonly part: 'name' | 'value';
  readonly code: 'policy.repeated-member' | 'flex.unlikely-name' | 'flex.replaced-member' | 'policy.unlikely-value';
  readonly message: string;
  readonly suggestion: string;
}

function nameFindings(name: string, isRepeated: boolean): readonly Finding[] {
  const repeated: Finding = {
    part: 'name',
    code: 'policy.repeated-member',
    message: 'There is a member of this name before; the token has only the last one.',
    suggestion: 'Remove one of them.',
  };
  const odd: Finding = {
    part: 'name',
    code: 'flex.unlikely-name',
    message: 'The name is empty or has spaces, and verifiers look for names without them.',
    suggestion: 'Write the name without spaces.',
  };
  return [...(isRepeated ? [repeated] : []), ...(name === '' || /\s/.test(name) ? [odd] : [])];
}

function valueFindings(
  name: string,
  value: JsonValue | undefined,
  { unlikely, replaced }: MemberList,
): readonly Finding[] {
  const winner = replaced.get(name);
  if (winner !== undefined) {
    const message = `The policy writes this member itself, after the custom ones: ${winner}.`;
    const suggestion = 'Remove this custom member, or set the field of the policy that writes it.';
    return [{ part: 'name', code: 'flex.replaced-member', message, suggestion }];
  }
  const wanted = value === undefined || value === null ? undefined : unlikely(name, value);
  if (wanted === undefined) return [];
  const message = `Verifiers refuse or ignore this value: it must be ${wanted}.`;
  return [{ part: 'value', code: 'policy.unlikely-value', message, suggestion: hint(wanted) }];
}

function hint(wanted: string): string {
  return wanted.startsWith('a number')
    ? 'Use the fields `exp`, `nbf` and `iat` of the policy, which count from the time of issue.'
    : 'Write a value of this type, or remove the member.';
}
