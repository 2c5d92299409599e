/**
 * @module
 * Resolves the name of a runtime variable to its value for a request.
 *
 * The sources, in this order: variables given with the request, variables that earlier policies set, variables that the
 * configuration declares, the file's `set-variable` and `jwt-validate` actions and properties, and the request itself.
 */
import { parseExactly } from '../../diagnostics/exact-json.ts';
import { called } from '../../diagnostics/harmless.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { callerObject } from '../../expressions/caller-objects.ts';
import { needsNothing } from '../../plan/needs.ts';
import { constantValue } from '../../plan/request-values.ts';
import type { Computed } from '../../plan/token-plan.ts';
import { namedVariable } from '../named-variable.ts';
import { apiConstant } from './api-constant.ts';
import { type Assignments, type FoundAssignment, findAssignment, openAction, type ValueType } from './assignments.ts';
import { contextVariable } from './context-variables.ts';
import { type InlinePiece, parseInline, textOf } from './inline.ts';
import type { PolicyReader } from './policy-reader.ts';
import { reportExpression, reportUncertain, reportUnset } from './unset-variables.ts';
import { canonicalName } from './variable-names.ts';

/** The variable with this name. If nothing sets it, this is reported. */
export function resolveVariable(reader: PolicyReader, name: SourceText, before: Assignments = reader.before): Computed {
  const declared = reader.declared?.find(name.text);
  const own = declared ?? fromFile(reader, name, before) ?? fromRequest(reader, name, before);
  const origin = declared !== undefined ? 'declared' : own !== undefined ? 'request' : 'unknown';
  reader.noteUse(name, origin, own);
  return namedVariable(name.text, own);
}

/** Variables that policies of other files may set, by the vendor's names. */
const laterPolicies = /^(?:generated\.jwt|jwt-generate\.error-message)$|^jwt\.|\.jwt$/;

function fromFile(reader: PolicyReader, name: SourceText, before: Assignments): Computed | undefined {
  const found = findAssignment(before, name.text);
  if (found !== undefined) return fromAssignment(reader, name, found);
  const constant = apiConstant(reader, name.text);
  return constant === undefined ? undefined : constantValue(constant);
}

/** By default, `jwt-validate` puts the claims here. The file may have been cut from a larger one. */
const defaultClaims = /^(decoded\.claims)(?:\.(.+))?$/;

/** A variable of the request; undefined if nothing sets it, which is reported. */
function fromRequest(reader: PolicyReader, name: SourceText, before: Assignments): Computed | undefined {
  const [, claims, members] = defaultClaims.exec(name.text) ?? [];
  if (claims !== undefined) return reader.claims.read(name, claims, members?.split('.') ?? []);
  warnOfUnfilled(reader, name);
  const variable = contextVariable(canonicalName(name.text), reader.api.operations);
  if (variable !== undefined) return variable;
  const action = openAction(before);
  if (action !== undefined) return fromOther(reader, name, action, 'may set');
  if (!laterPolicies.test(name.text)) reportUnset(reader, name);
  return undefined;
}

/** The variables of the client application, with the keys of a source that say where it is. */
export const clientVariables: ReadonlyMap<string, 'clientId' | 'clientName'> = new Map([
  ['client.app.id', 'clientId'],
  ['client.app.name', 'clientName'],
]);

function warnOfUnfilled(reader: PolicyReader, name: SourceText): void {
  const fact = clientVariables.get(name.text);
  if (fact === undefined || reader.callers === undefined) return;
  // With an object of Flex Gateway, the source may know more than the object has.
  if (reader.callers.some(({ as, facts }) => facts.has(fact) || callerObject(as) !== undefined)) return;
  reader.report('identity.unfilled-member', name, {
    message: `No source of \`authentication\` fills ${called('the variable', name.text)}.`,
    suggestion: `Write \`${fact}: CLAIM\` in a source, or declare the variable in mintproc.yaml.`,
  });
}

function fromAssignment(reader: PolicyReader, name: SourceText, found: FoundAssignment): Computed {
  const { assignment } = found;
  switch (assignment.kind) {
    case 'value':
      return constantValue(assignment.value);
    case 'cleared':
    case 'published':
      return constantValue(undefined);
    case 'claims':
      return reader.claims.read(name, found.name, found.members);
    case 'other':
      return fromOther(reader, name, assignment.action, 'sets');
    case 'uncertain':
      return uncertainVariable(reader, name);
    case 'text': {
      if (!parseInline(assignment.text).ok) reader.noteLack(name);
      const inline = reader.inside(name, () => compileInline(reader, assignment.text, assignment.before));
      return {
        needs: inline?.needs ?? needsNothing,
        evaluate: (scope) => typed(inline?.evaluate(scope), assignment.type, name.text),
      };
    }
  }
}

function fromOther(
  reader: PolicyReader,
  name: SourceText,
  action: Parameters<PolicyReader['noteOther']>[0],
  how: 'sets' | 'may set',
): Computed {
  reader.noteLack(name);
  reader.noteOther(action, name.text, how);
  return {
    needs: needsNothing,
    evaluate() {
      const message = `An action that mintproc does not run sets ${called('the variable', name.text)}.`;
      throw new MintError('datapower.other-action', message, { subject: name.text });
    },
  };
}

function uncertainVariable(reader: PolicyReader, name: SourceText): Computed {
  reportUncertain(reader, name);
  return {
    needs: needsNothing,
    evaluate() {
      const message = `Whether ${called('the variable', name.text)} is set depends on a branch of the assembly.`;
      throw new MintError('datapower.uncertain-variable', message, { subject: name.text });
    },
  };
}

/** A string with `$(…)`. If one of its variables has no value, it has no value either. */
export function compileInline(reader: PolicyReader, text: SourceText, before: Assignments): Computed {
  const inline = parseInline(text);
  if (!inline.ok) {
    reportExpression(reader, inline);
    return constantValue(undefined);
  }
  const parts = inline.pieces.map((piece) => compilePiece(reader, piece, before));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return {
    needs: () => parts.flatMap((part) => part.needs()),
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
  return constantValue(text);
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
    return parseExactly(text);
  } catch {
    return text;
  }
}
