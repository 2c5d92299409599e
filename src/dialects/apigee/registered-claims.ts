/**
 * @module
 * Converts the elements for registered claims to steps (RFC 7519 section 4.1). The times are in `validity.ts`.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import { random } from '../../plan/needs.ts';
import { constantValue } from '../../plan/request-values.ts';
import type { Computed, Step } from '../../plan/token-plan.ts';
import { splitList } from './claim-types.ts';
import { guarded } from './claims.ts';
import { checkLiteral } from './literal-template.ts';
import type { PolicyReader } from './policy-reader.ts';
import { type ElementValue, readValue } from './value.ts';
import { textOf } from './value-text.ts';
import { childOf } from './xml-parts.ts';

/** `<Subject>` or `<Issuer>`. */
export function readTextClaim(reader: PolicyReader, policy: XmlElement, name: string, claim: string): Step[] {
  return readClaim(reader, policy, name, claim, (text) => text);
}

/** `<Audience>`: one audience is a string, several between commas are a list. Without an audience there is no claim. */
export function readAudience(reader: PolicyReader, policy: XmlElement): Step[] {
  return readClaim(reader, policy, 'Audience', 'aud', (text) => {
    const audiences = splitList(text);
    return audiences.length > 1 ? audiences : audiences[0];
  });
}

/** `<Id>`: the claim is its value, or a random UUID if it is empty. Without the element there is no claim. */
export function readTokenId(reader: PolicyReader, policy: XmlElement): Step[] {
  const element = childOf(policy, 'Id');
  if (element === undefined) return [];
  const value = readValue(reader, element);
  const text = value.kind === 'absent' ? undefined : value.kind === 'fixed' ? value.text : value.fallback;
  if (text !== undefined) checkLiteral(reader, text, '<Id ref="NAME"/>');
  if (value.kind === 'fixed') {
    return [{ kind: 'fixed', name: 'jti', value: value.text.text, place: value.text.placeAt(0) }];
  }
  const found: Computed = value.kind === 'variable' ? value.value : constantValue(undefined);
  return [
    {
      kind: 'computed',
      name: 'jti',
      place: value.kind === 'variable' ? value.place : element.text.placeAt(0),
      value: {
        needs: () => [...found.needs(), random],
        evaluate(scope) {
          const id = found.evaluate(scope);
          return id === undefined || id === '' ? scope.randomId() : guarded('jti', () => textOf(id));
        },
      },
    },
  ];
}

/** A claim that is made from a string. */
function readClaim(
  reader: PolicyReader,
  policy: XmlElement,
  name: string,
  claim: string,
  make: (text: string) => JsonValue | undefined,
): Step[] {
  const value = readPresent(reader, policy, name);
  if (value === undefined) return [];
  const text = value.kind === 'fixed' ? value.text : value.fallback;
  if (text !== undefined) checkLiteral(reader, text, `<${name} ref="NAME"/>`);
  if (value.kind === 'fixed') {
    const made = make(value.text.text);
    if (made === undefined) reportNothing(reader, value.text, name, claim);
    return made === undefined ? [] : [{ kind: 'fixed', name: claim, value: made, place: value.text.placeAt(0) }];
  }
  return [
    {
      kind: 'computed',
      name: claim,
      place: value.place,
      value: {
        needs: () => value.value.needs(),
        evaluate(scope) {
          const found = value.value.evaluate(scope);
          if (found === undefined) return undefined;
          return make(guarded(claim, () => (Array.isArray(found) ? found.map(textOf).join(',') : textOf(found))));
        },
      },
    },
  ];
}

function reportNothing(reader: PolicyReader, at: SourceText, name: string, claim: string): void {
  const message = `\`<${name}>\` has only commas, so tokens have no \`${claim}\`.`;
  const suggestion = 'Write the audience, or remove the element.';
  reader.report('apigee.ignored-element', at, { message, suggestion });
}

/** Undefined if the policy does not have the element, or if it is empty, which is reported. */
export function readPresent(
  reader: PolicyReader,
  policy: XmlElement,
  name: string,
): Exclude<ElementValue, { kind: 'absent' }> | undefined {
  const element = childOf(policy, name);
  if (element === undefined) return undefined;
  const value = readValue(reader, element);
  if (value.kind !== 'absent') return value;
  const message = `\`<${name}>\` has neither text nor a \`ref\``;
  reader.refuse('InvalidEmptyElement', element, message, 'Remove it, or write the value of the claim.');
  return undefined;
}
