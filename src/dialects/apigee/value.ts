/**
 * @module
 * An element that takes a text, a variable by `ref`, or both: then the text stands in where the variable has no value.
 *
 * A variable without a value and without such a text is a fault, or, where the policy ignores unresolved variables, no
 * value at all: the claim is left out and not empty (vendor page, "IgnoreUnresolvedVariables" and "AdditionalClaims").
 */
import { called } from '../../diagnostics/harmless.ts';
import type { JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import type { Place, SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Computed } from '../../plan/token-plan.ts';
import type { Reading } from './reading.ts';
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
      /** Undefined where the variable has no value, the element no text, and the policy ignores that. */
      readonly value: Computed;
      /** The text that stands in. */
      readonly fallback: SourceText | undefined;
    };

/** @param showsKeyId whether the value is the identifier of a key */
export function readValue(reading: Reading, element: XmlElement, showsKeyId = false): ElementValue {
  const ref = attributeOf(element, 'ref');
  const text = trimmedText(element);
  const hasText = text.text !== '';
  if (ref === undefined || ref.text === '') return hasText ? { kind: 'fixed', text } : { kind: 'absent' };
  const variable = (showsKeyId ? resolveKeyId : resolveVariable)(reading, ref, hasText);
  const fallback = hasText ? text.text : undefined;
  return {
    kind: 'variable',
    name: ref.text,
    place: ref.placeAt(0),
    value: withRule(variable, showsKeyId ? keyIdVariable : ref.text, fallback, reading.ignoreUnresolved),
    fallback: hasText ? text : undefined,
  };
}

/** In the place of its name, which may be the key itself; no plain name, so that nothing repeats it. */
const keyIdVariable = '';

function withRule(variable: Computed, name: string, fallback: string | undefined, ignore: boolean): Computed {
  return {
    evaluate(scope): JsonValue | undefined {
      const value = variable.evaluate(scope) ?? fallback;
      if (value === undefined && !ignore) throw unresolvedVariable(name);
      return value;
    },
  };
}

export function unresolvedVariable(name: string): MintError {
  const message = `${called('The variable', name)} has no value at this request.`;
  return new MintError('apigee.failed-to-resolve-variable', message, { subject: name });
}
