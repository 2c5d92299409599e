/**
 * @module
 * The value of an element with text, a variable named by `ref`, or both. With both, the text is the default if the
 * variable has no value.
 *
 * If there is neither a value nor a default, the request fails. If the policy ignores unresolved variables, the claim
 * is left out instead; it is not empty (vendor page, "IgnoreUnresolvedVariables" and "AdditionalClaims").
 */
import { called } from '../../diagnostics/harmless.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Computed } from '../../plan/token-plan.ts';
import type { PolicyReader } from './policy-reader.ts';
import { resolveKeyId, resolveVariable } from './variables.ts';
import { attributeOf, trimmedText } from './xml-parts.ts';

export type ElementValue =
  | { readonly kind: 'absent' }
  | { readonly kind: 'fixed'; readonly text: SourceText }
  | {
      readonly kind: 'variable';
      readonly name: string;
      /** Where the policy names it. */
      readonly place: Place;
      /** Undefined if there is neither a value nor a default, and the policy ignores that. */
      readonly value: Computed;
      /** The default. */
      readonly fallback: SourceText | undefined;
    };

/** @param showsKeyId whether the value is the identifier of a key */
export function readValue(reader: PolicyReader, element: XmlElement, showsKeyId = false): ElementValue {
  const ref = attributeOf(element, 'ref');
  const text = trimmedText(element);
  const hasText = text.text !== '';
  if (ref === undefined || ref.text === '') return hasText ? { kind: 'fixed', text } : { kind: 'absent' };
  const variable = (showsKeyId ? resolveKeyId : resolveVariable)(reader, ref, hasText);
  const fallback = hasText ? text.text : undefined;
  return {
    kind: 'variable',
    name: ref.text,
    place: ref.placeAt(0),
    value: withRule(variable, showsKeyId ? keyIdVariable : ref.text, fallback, reader.ignoreUnresolved),
    fallback: hasText ? text : undefined,
  };
}

/**
 * Used in place of the variable's name, which may be the key itself. Messages do not repeat a name that is not plain.
 */
const keyIdVariable = '';

function withRule(variable: Computed, name: string, fallback: string | undefined, ignore: boolean): Computed {
  return {
    needs: () => variable.needs(),
    evaluate(scope): JsonValue | undefined {
      const value = variable.evaluate(scope) ?? fallback;
      if (value === undefined && !ignore) throw unresolvedVariable(name);
      return value;
    },
  };
}

export function unresolvedVariable(name: string): MintError {
  const message = `${called('The variable', name)} has no value for this request.`;
  return new MintError('apigee.failed-to-resolve-variable', message, { subject: name });
}
