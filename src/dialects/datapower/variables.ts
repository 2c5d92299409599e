/**
 * @module
 * Resolves the name of a runtime variable to its value for a request.
 *
 * The sources, in this order: variables given with the request, variables that earlier policies set, variables that the
 * configuration declares, the file's `set-variable` actions and properties, and the request itself.
 */
import { parseJson } from '../../diagnostics/exact-json.ts';
import { called, nameOr } from '../../diagnostics/harmless.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Computed } from '../../plan/token-plan.ts';
import { namedVariable } from '../named-variable.ts';
import { type Assignment, type Assignments, assignmentOf, type ValueType } from './assignments.ts';
import { contextVariable, whyUnset } from './context-variables.ts';
import { type InlinePiece, parseInline, textOf } from './inline.ts';
import type { PolicyReader } from './policy-reader.ts';
import { canonicalName } from './variable-names.ts';

/** The variable with this name. If nothing sets it, this is reported. */
export function resolveVariable(reader: PolicyReader, name: SourceText, before: Assignments = reader.before): Computed {
  const declared = reader.declared?.find(name.text);
  const own = declared ?? fromFile(reader, name, before) ?? fromRequest(reader, name);
  const origin = declared !== undefined ? 'declared' : own !== undefined ? 'request' : 'unknown';
  reader.noteUse(name, origin);
  if (own === undefined && !laterPolicies.test(name.text)) reportUnset(reader, name);
  return namedVariable(name.text, own);
}

/** Variables that policies of other files may set, by the vendor's names. */
const laterPolicies = /^(?:generated\.jwt|jwt-generate\.error-message)$|^jwt\.|\.jwt$/;

function fromFile(reader: PolicyReader, name: SourceText, before: Assignments): Computed | undefined {
  const assignment = assignmentOf(before, canonicalName(name.text));
  if (assignment !== undefined) return fromAssignment(reader, name, assignment);
  const constant = reader.api.constants.get(name.text);
  return constant === undefined ? undefined : { evaluate: () => constant };
}

function fromRequest(reader: PolicyReader, name: SourceText): Computed | undefined {
  return contextVariable(canonicalName(name.text), reader.api.operations);
}

function fromAssignment(reader: PolicyReader, name: SourceText, assignment: Assignment): Computed {
  switch (assignment.kind) {
    case 'value':
      return { evaluate: () => assignment.value };
    case 'cleared':
    case 'published':
      return { evaluate: () => undefined };
    case 'uncertain':
      return uncertainVariable(reader, name);
    case 'text': {
      const inline = reader.inside(name, () => compileInline(reader, assignment.text, assignment.before));
      return { evaluate: (scope) => typed(inline?.evaluate(scope), assignment.type, name.text) };
    }
  }
}

function uncertainVariable(reader: PolicyReader, name: SourceText): Computed {
  reader.report('datapower.uncertain-variable', name, {
    severity: reader.declared === undefined ? undefined : 'error',
    message: `The file sets ${called('the variable', name.text)} only in a branch (if, switch, catch), and mintproc does not evaluate the branch's condition.`,
    suggestion: howToDeclare(name.text),
  });
  return {
    evaluate() {
      const message = `Whether ${called('the variable', name.text)} is set depends on a branch of the assembly.`;
      throw new MintError('datapower.uncertain-variable', message, { subject: name.text });
    },
  };
}

function reportUnset(reader: PolicyReader, name: SourceText): void {
  reader.report('datapower.unset-variable', name, {
    // Without a configuration, the variable cannot have been declared.
    severity: reader.declared === undefined ? undefined : 'error',
    message: `Nothing sets ${called('the variable', name.text)}. ${whyUnset(name.text)}`,
    suggestion: howToDeclare(name.text),
  });
}

function howToDeclare(name: string): string {
  const form = name.toLowerCase().startsWith('private.') ? '{ value: …, readable: true }' : '…';
  return `Declare it in mintproc.yaml: \`variables: { ${nameOr(name, 'NAME')}: ${form} }\`.`;
}

/** A string with `$(…)`. If one of its variables has no value, it has no value either. */
export function compileInline(reader: PolicyReader, text: SourceText, before: Assignments): Computed {
  const inline = parseInline(text);
  if (!inline.ok) {
    reader.report('datapower.unsupported-inline', inline.at, {
      message: 'This is an expression of the gateway; mintproc only replaces variables, `$(name)`.',
      suggestion: 'In mintproc.yaml, declare the variable that is set here, with the result of the expression.',
    });
    return { evaluate: () => undefined };
  }
  const parts = inline.pieces.map((piece) => compilePiece(reader, piece, before));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return {
    evaluate(scope) {
      let whole = '';
      for (const part of parts) {
        const value = part.evaluate(scope);
        if (value === undefined) return undefined;
        whole += textOf(value);
      }
      return whole;
    },
  };
}

function compilePiece(reader: PolicyReader, piece: InlinePiece, before: Assignments): Computed {
  if (piece.kind === 'variable') return resolveVariable(reader, piece.name, before);
  const { text } = piece;
  return { evaluate: () => text };
}

/** Converts a string to the `type` of a `set-variable` action. */
function typed(value: JsonValue | undefined, type: ValueType, name: string): JsonValue | undefined {
  if (typeof value !== 'string' || type === 'string') return value;
  switch (type) {
    case 'number': {
      const number = Number(value);
      if (value.trim() !== '' && Number.isFinite(number)) return number;
      throw new MintError('datapower.invalid-variable', `${called('The variable', name)} is not a number.`, {
        subject: name,
      });
    }
    case 'boolean':
      return value === 'true';
    case 'any':
      return parsedOr(value);
  }
}

function parsedOr(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
