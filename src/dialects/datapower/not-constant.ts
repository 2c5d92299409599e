/**
 * @module
 * Why the value of a variable is not known when the policy loads, where it has to be: for keys, and for properties that
 * name something.
 */
import { type Assignments, findAssignment } from './assignments.ts';
import { constantVariable } from './constants.ts';
import { contextVariable } from './context-variables.ts';
import { parseInline } from './inline.ts';
import type { PolicyReader } from './policy-reader.ts';
import { canonicalName } from './variable-names.ts';

export interface NotConstant {
  readonly kind: 'request' | 'unset' | 'branch' | 'other' | 'expression';
  /** How many variables insert the one that is meant. */
  readonly depth: number;
}

/** Variables may insert variables. A longer way is not followed: the message is then less exact. */
const maxDepth = 32;

/** @param name of a variable that is not constant */
export function whyNotConstant(reader: PolicyReader, name: string, before: Assignments, depth = 0): NotConstant {
  const assignment = findAssignment(before, name)?.assignment;
  switch (assignment?.kind) {
    case 'text':
      return whyNotText(reader, assignment, depth);
    case 'uncertain':
      return { kind: 'branch', depth };
    case 'other':
      return { kind: 'other', depth };
    case 'claims':
    case 'published':
      return { kind: 'request', depth };
    case 'value':
    case 'cleared':
      return { kind: 'unset', depth };
    case undefined: {
      const isOfRequest = contextVariable(canonicalName(name), reader.api.operations) !== undefined;
      return { kind: isOfRequest ? 'request' : 'unset', depth };
    }
  }
}

/** @param text with `$(…)`, as it is written */
export function whyNotText(
  reader: PolicyReader,
  { text, before }: { readonly text: Parameters<typeof parseInline>[0]; readonly before: Assignments },
  depth: number,
): NotConstant {
  const inline = parseInline(text);
  if (!inline.ok) return { kind: 'expression', depth };
  for (const piece of inline.pieces) {
    if (piece.kind === 'text' || depth >= maxDepth) continue;
    if (constantVariable(reader, piece.name.text, before) !== undefined) continue;
    return whyNotConstant(reader, piece.name.text, before, depth + 1);
  }
  return { kind: 'request', depth };
}

/** As the end of a sentence. The name is not shown: the variable may hold a key. */
export function because({ kind, depth }: NotConstant): string {
  return reasons[kind](depth === 0 ? 'it' : 'a variable in its `$(…)`');
}

const reasons: Readonly<Record<NotConstant['kind'], (subject: string) => string>> = {
  request: (subject) => `${subject} comes from the request`,
  unset: (subject) => `nothing sets ${subject}`,
  branch: (subject) => `${subject} is set only in a branch (if, switch, catch)`,
  other: (subject) => `${subject} is set by an action that mintproc does not run`,
  expression: () => 'its `$(…)` is a JSONata expression, which mintproc does not evaluate',
};
