/**
 * @module
 * Variables whose value is known when the policy loads. Algorithms and keys must be known then, because each key is
 * checked against its algorithm.
 */
import { isInexact } from '../../diagnostics/exact-json.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { apiConstant } from './api-constant.ts';
import { type Assignment, type Assignments, findAssignment } from './assignments.ts';
import { parseInline, textOf } from './inline.ts';
import type { PolicyReader } from './policy-reader.ts';

export interface Constant {
  readonly value: JsonValue;
  /** Where the file sets it; undefined if the configuration or the API does. */
  readonly place: SourceText | undefined;
}

/** Undefined if the variable's value depends on the request, or nothing sets it. */
export function constantVariable(
  reader: PolicyReader,
  name: string,
  before: Assignments = reader.before,
): Constant | undefined {
  const declared = reader.declared?.constant(name);
  if (declared !== undefined) return { value: declared, place: undefined };
  const found = findAssignment(before, name);
  if (found !== undefined) return constantAssignment(reader, found.assignment);
  const value = apiConstant(reader, name);
  return value === undefined ? undefined : { value, place: undefined };
}

function constantAssignment(reader: PolicyReader, assignment: Assignment): Constant | undefined {
  switch (assignment.kind) {
    case 'value':
      return { value: assignment.value, place: undefined };
    case 'text': {
      const { text, before } = assignment;
      const value = reader.inside(text, () => constantText(reader, text, before));
      return value === undefined ? undefined : { value, place: text };
    }
    case 'cleared':
    case 'published':
    case 'claims':
    case 'other':
    case 'uncertain':
      return undefined;
  }
}

/** Reports the number. The empty string in its place avoids a second problem. */
function reportLostDigits(reader: PolicyReader, name: SourceText): string {
  reader.report('variables.inexact-number', name, {
    message: 'This variable is a number beyond 2^53 - 1, so its last digits are lost.',
    suggestion: 'Put the number in quotes where it is set.',
  });
  return '';
}

/** The text with its `$(…)` replaced; undefined if it depends on the request. */
export function constantText(reader: PolicyReader, text: SourceText, before: Assignments): string | undefined {
  const inline = parseInline(text);
  if (!inline.ok) return undefined;
  let whole = '';
  for (const piece of inline.pieces) {
    if (piece.kind === 'text') {
      whole += piece.text;
      continue;
    }
    const constant = constantVariable(reader, piece.name.text, before);
    if (constant === undefined) return undefined;
    if (isInexact(constant.value)) return reportLostDigits(reader, piece.name);
    whole += textOf(constant.value);
  }
  return whole;
}
