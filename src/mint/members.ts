/**
 * @module
 * Steps to the text of a JSON object: what is fixed is encoded when the policy loads, the rest for each request.
 */
import type { JsonValue } from '../diagnostics/json.ts';
import { MintError } from '../diagnostics/mint-error.ts';
import type { Scope, Step } from '../plan/token-plan.ts';

/** The text of a JSON object for one request. */
export type EncodeMembers = (scope: Scope) => string;

/** The text where it is the same for every request; undefined otherwise. */
export function fixedMembers(steps: readonly Step[]): string | undefined {
  const members = new Map<string, JsonValue>();
  for (const step of steps) {
    if (step.kind !== 'fixed') return undefined;
    members.set(step.name, step.value);
  }
  return encodeMap(members);
}

export function compileMembers(steps: readonly Step[]): EncodeMembers {
  const fixed = fixedMembers(steps);
  if (fixed !== undefined) return () => fixed;
  return namesAreDistinct(steps) ? compileInOrder(steps) : (scope) => encodeMap(collect(steps, scope));
}

function namesAreDistinct(steps: readonly Step[]): boolean {
  const names = steps.map((step) => step.name);
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

/** No step can replace another's value, so each one's text stands behind the one before. */
function compileInOrder(steps: readonly Step[]): EncodeMembers {
  const parts = steps.map(compileMember);
  return (scope) => {
    let text = '';
    for (const part of parts) {
      const member = part(scope);
      if (member !== undefined) text += text === '' ? member : `,${member}`;
    }
    return `{${text}}`;
  };
}

function compileMember(step: Step): (scope: Scope) => string | undefined {
  const start = `${JSON.stringify(step.name)}:`;
  switch (step.kind) {
    case 'fixed': {
      const member = start + JSON.stringify(step.value);
      return () => member;
    }
    case 'time':
      return (scope) => start + secondsAt(scope, step.offset);
    case 'computed':
      return (scope) => {
        const value = step.value.evaluate(scope);
        return value === undefined ? undefined : start + JSON.stringify(value);
      };
  }
}

/** A Map keeps the position of a replaced member and takes any text as a name, `__proto__` included. */
function collect(steps: readonly Step[], scope: Scope): Map<string, JsonValue> {
  const members = new Map<string, JsonValue>();
  for (const step of steps) {
    const value = memberValue(step, scope);
    if (value !== undefined) members.set(memberName(step, scope), value);
  }
  return members;
}

function memberValue(step: Step, scope: Scope): JsonValue | undefined {
  switch (step.kind) {
    case 'fixed':
      return step.value;
    case 'time':
      return secondsAt(scope, step.offset);
    case 'computed':
      return step.value.evaluate(scope);
  }
}

function memberName(step: Step, scope: Scope): string {
  if (typeof step.name === 'string') return step.name;
  const name = step.name.evaluate(scope);
  if (name === undefined) throw new MintError('mint.name', 'The name of a claim or header parameter has no value.');
  return name;
}

function secondsAt(scope: Scope, offset: number): number {
  return Math.floor(scope.now / 1000) + offset;
}

function encodeMap(members: ReadonlyMap<string, JsonValue>): string {
  const parts: string[] = [];
  for (const [name, value] of members) parts.push(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{${parts.join(',')}}`;
}
