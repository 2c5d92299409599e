/**
 * @module
 * Compiles the `template` of a variable that the configuration declares: a message template that can read declared
 * variables and those of the request.
 */
import { called, nameOr } from '../../diagnostics/harmless.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { KnownCallers } from '../../expressions/caller-objects.ts';
import type { Computed } from '../../plan/token-plan.ts';
import { namedVariable, privateVariable } from '../named-variable.ts';
import type { DeclaredVariables } from '../policy-file.ts';
import { isPrivate } from '../private-names.ts';
import { callerVariable } from './caller-variables.ts';
import { flowVariable } from './flow-variables.ts';
import { compileTemplate } from './template.ts';
import { policyInName, type TokenClaims } from './token-claims.ts';

/**
 * If one of its variables has no value, the template has no value: an incomplete value would be a wrong one.
 *
 * @throws LocatedError `apigee.invalid-template` if a function is unknown or its arguments are invalid;
 * `apigee.private-variable` if it reads a secret
 */
export function compileDeclaredTemplate(
  source: SourceText,
  declared: DeclaredVariables,
  tokens: TokenClaims,
  callers: readonly KnownCallers[] | undefined,
): Computed {
  const pieces = compileTemplate(source, (name) => {
    return isPrivate(name.text)
      ? privateVariable(name.text, readableVariable(name, declared))
      : namedVariable(name.text, publicVariable(name, declared, tokens, callers));
  });
  return {
    needs: () => pieces.flatMap((piece) => (piece.kind === 'inserted' ? piece.needs() : [])),
    evaluate(scope) {
      let text = '';
      for (const piece of pieces) {
        const part = piece.kind === 'text' ? piece.text : piece.read(scope);
        if (part === undefined) return undefined;
        text += part;
      }
      return text;
    },
  };
}

/** Undefined if only an earlier policy can set it. */
function publicVariable(
  name: SourceText,
  declared: DeclaredVariables,
  tokens: TokenClaims,
  callers: readonly KnownCallers[] | undefined,
): Computed | undefined {
  return declared.find(name.text) ?? requestVariable(name, tokens) ?? callerVariable(name.text, callers);
}

function requestVariable(name: SourceText, tokens: TokenClaims): Computed | undefined {
  const policy = policyInName(name.text);
  return policy === undefined ? flowVariable(name.text) : tokens.read(policy, name, false, true);
}

function readableVariable(name: SourceText, declared: DeclaredVariables): Computed {
  const readable = declared.find(name.text);
  if (readable !== undefined) return readable;
  throw new LocatedError(
    problemAt(name, 0, 'apigee.private-variable', {
      message: `${called('The variable', name.text)} is private, so a template cannot read its value.`,
      suggestion: `If it is not a secret, declare it as readable: \`variables: { ${nameOr(name.text, 'NAME')}: { file: …, readable: true } }\`.`,
    }),
  );
}
