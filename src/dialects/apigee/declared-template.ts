/**
 * @module
 * Compiles the `template` of a variable that the configuration declares: a message template that can read declared
 * variables and those of the request.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Computed, Scope } from '../../plan/token-plan.ts';
import { namedVariable } from '../named-variable.ts';
import type { DeclaredVariables } from '../policy-file.ts';
import { isPrivate } from '../private-names.ts';
import { flowVariable } from './flow-variables.ts';
import { compileTemplate } from './template.ts';

const unresolved: Computed = { evaluate: () => undefined };

/**
 * If one of its variables has no value, the template has no value: an incomplete value would be a wrong one.
 *
 * @throws LocatedError `apigee.invalid-template` if a function is unknown or its arguments are invalid
 */
export function compileDeclaredTemplate(
  source: SourceText,
  declared: DeclaredVariables,
): (scope: Scope) => JsonValue | undefined {
  const pieces = compileTemplate(source, ({ text }) =>
    isPrivate(text)
      ? (declared.find(text) ?? unresolved)
      : namedVariable(text, declared.find(text) ?? flowVariable(text)),
  );
  return (scope) => {
    let text = '';
    for (const piece of pieces) {
      const part = piece.kind === 'text' ? piece.text : piece.read(scope);
      if (part === undefined) return undefined;
      text += part;
    }
    return text;
  };
}
