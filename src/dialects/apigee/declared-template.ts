/**
 * @module
 * The form `template` of a variable that the configuration declares: a message template whose variables are declared ones
 * and those of the request.
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
 * A variable without a value makes the whole template have none: half a value would be a different one.
 *
 * @throws LocatedError `apigee.invalid-template` where a function is unknown or called wrongly
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
