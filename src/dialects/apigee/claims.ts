/**
 * @module
 * Converts `<AdditionalClaims>` and `<AdditionalHeaders>` to steps.
 */
import { called } from '../../diagnostics/harmless.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { LocatedError } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { eachInSteps, type Steps } from '../../diagnostics/steps.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Computed, Scope, Step } from '../../plan/token-plan.ts';
import { inexactNumber } from '../exact-value.ts';
import { type ClaimType, ConversionError, claimTypes, convert, toObject } from './claim-types.ts';
import { compileMapTemplate, type MapTemplate } from './map-template.ts';
import type { PolicyReader } from './policy-reader.ts';
import { compileTemplate } from './template.ts';
import { type ElementValue, readValue } from './value.ts';
import { resolveVariable } from './variables.ts';
import { attributeOf, childrenOf, trimmedText } from './xml-parts.ts';

/** Additional claims and header parameters differ in their reserved names and in the vendor's errors. */
interface Kind {
  readonly noun: 'claim' | 'header parameter';
  readonly error: 'Claim' | 'Header';
  readonly reserved: ReadonlySet<string>;
}

const claim: Kind = {
  noun: 'claim',
  error: 'Claim',
  reserved: new Set(['kid', 'iss', 'sub', 'aud', 'iat', 'exp', 'nbf', 'jti']),
};
const parameter: Kind = { noun: 'header parameter', error: 'Header', reserved: new Set(['alg', 'typ']) };

export function* readAdditionalHeaders(reader: PolicyReader, element: XmlElement | undefined): Steps<Step[]> {
  return element === undefined ? [] : yield* readList(reader, element, parameter);
}

/** The members of the JSON object in `ref` come first, so that the policy's own claims replace them. */
export function* readAdditionalClaims(reader: PolicyReader, element: XmlElement | undefined): Steps<Step[]> {
  if (element === undefined) return [];
  const ref = attributeOf(element, 'ref');
  const list = yield* readList(reader, element, claim);
  if (ref === undefined || ref.text === '') return list;
  const value = membersOf(readValue(reader, { ...element, children: [], text: ref.slice(0, 0) }));
  return [{ kind: 'members', value, place: ref.placeAt(0) }, ...list];
}

function membersOf(value: ElementValue): Computed<JsonObject> {
  return {
    evaluate(scope) {
      const found = value.kind === 'variable' ? value.value.evaluate(scope) : undefined;
      return found === undefined ? undefined : guarded('AdditionalClaims', () => asVendorWrites(toObject(found)));
    },
  };
}

/** The claims of a JSON object as the vendor's library writes them: without null, and one audience as a string. */
function asVendorWrites(claims: JsonObject): JsonObject {
  const entries = Object.entries(claims).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      name === 'aud' && Array.isArray(value) && value.length === 1 ? value[0] : value,
    ]),
  );
}

function* readList(reader: PolicyReader, element: XmlElement, kind: Kind): Steps<Step[]> {
  const members = yield* eachInSteps(childrenOf(element, 'Claim'), (child) => {
    const name = readName(reader, child, kind);
    const type = readType(reader, child, kind);
    const array = readArray(reader, child);
    return name === undefined || type === undefined ? [] : readMember(reader, child, name, type, array);
  });
  return members.flat();
}

function readName(reader: PolicyReader, element: XmlElement, kind: Kind): string | undefined {
  const name = attributeOf(element, 'name');
  if (name === undefined || name.text === '') {
    const message = `This ${kind.noun} has no name`;
    reader.refuse(`MissingNameForAdditional${kind.error}`, name ?? element, message, 'Write `<Claim name="…">`.');
    return undefined;
  }
  if (kind.reserved.has(name.text)) {
    const message = `\`${name.text}\` cannot be an additional ${kind.noun}`;
    reader.refuse(`InvalidNameForAdditional${kind.error}`, name, message, instead(name.text));
  }
  return name.text;
}

const elementOf: Readonly<Record<string, string>> = {
  iss: '<Issuer>',
  sub: '<Subject>',
  aud: '<Audience>',
  exp: '<ExpiresIn>',
  nbf: '<NotBefore>',
  jti: '<Id>',
  kid: "the key's <Id>",
  alg: '<Algorithm>',
};

function instead(name: string): string {
  const element = elementOf[name];
  return element === undefined ? 'Remove it: Apigee sets it itself.' : `Use ${element} instead.`;
}

function readType(reader: PolicyReader, element: XmlElement, kind: Kind): ClaimType | undefined {
  const attribute = attributeOf(element, 'type');
  if (attribute === undefined || attribute.text === '') return 'string';
  const type = claimTypes.find((known) => known === attribute.text);
  if (type === undefined) {
    const guess = nearest(attribute.text, claimTypes);
    const suggestion = guess === undefined ? `Write one of ${claimTypes.join(', ')}.` : `Did you mean \`${guess}\`?`;
    reader.refuse(`InvalidTypeForAdditional${kind.error}`, attribute, 'This is not a known type', suggestion);
  }
  return type;
}

function readArray(reader: PolicyReader, element: XmlElement): boolean {
  const attribute = attributeOf(element, 'array');
  if (attribute === undefined || attribute.text === '' || attribute.text === 'false') return false;
  if (attribute.text !== 'true') {
    reader.refuse('InvalidValueOfArrayAttribute', attribute, '`array` must be true or false');
  }
  return true;
}

function readMember(reader: PolicyReader, element: XmlElement, name: string, type: ClaimType, array: boolean): Step[] {
  const value = readValue(reader, element);
  switch (value.kind) {
    case 'absent':
      reader.report('apigee.ignored-element', element, {
        message: `${called('The claim', name)} has neither text nor a \`ref\`, so tokens do not contain it.`,
      });
      return [];
    case 'fixed':
      return fixedMember(reader, name, value.text, type, array);
    case 'variable':
      return [
        {
          kind: 'computed',
          name,
          value: variableMember(reader, element, name, value, type, array),
          place: value.place,
        },
      ];
  }
}

function fixedMember(reader: PolicyReader, name: string, text: SourceText, type: ClaimType, array: boolean): Step[] {
  if (type === 'map' && !array) return mapMember(reader, name, text);
  try {
    return [{ kind: 'fixed', name, value: convert(text.text, type, array) }];
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    reader.refuse('InvalidValueForElement', text, `${called('The claim', name)} ${error.message}`);
    return [];
  }
}

function mapMember(reader: PolicyReader, name: string, text: SourceText): Step[] {
  const template = readTemplate(reader, text);
  if (template === undefined) return [];
  if (template.kind === 'computed') {
    const value: Computed = { evaluate: (scope) => evaluateTemplate(name, template, scope) };
    return [{ kind: 'computed', name, value, place: text.placeAt(0) }];
  }
  if (typeof template.value !== 'object' || template.value === null || Array.isArray(template.value)) {
    reader.refuse('InvalidValueForElement', text, `${called('The claim', name)} is not a JSON object`);
  }
  return [{ kind: 'fixed', name, value: template.value }];
}

function readTemplate(reader: PolicyReader, text: SourceText): MapTemplate | undefined {
  try {
    const pieces = compileTemplate(text, (variable) => resolveVariable(reader, variable, false));
    const template = compileMapTemplate(pieces, reader.ignoreUnresolved);
    if (template === undefined) reader.refuse('InvalidValueForElement', text, 'This is not a JSON object');
    return template;
  } catch (error) {
    if (!(error instanceof LocatedError)) throw error;
    reader.problems.add(error.problem);
    return undefined;
  }
}

function variableMember(
  reader: PolicyReader,
  element: XmlElement,
  name: string,
  { value, fallback }: Extract<ElementValue, { kind: 'variable' }>,
  type: ClaimType,
  array: boolean,
): Computed {
  // Only the policy's own text is a template. The value of a variable is data.
  const template =
    type === 'map' && !array && fallback !== undefined ? readTemplate(reader, trimmedText(element)) : undefined;
  return {
    evaluate(scope) {
      const found = value.evaluate(scope);
      if (found === undefined) return undefined;
      if (template !== undefined && found === fallback?.text) return evaluateTemplate(name, template, scope);
      return guarded(name, () => convert(found, type, array));
    },
  };
}

function evaluateTemplate(name: string, template: MapTemplate, scope: Scope): JsonValue {
  return template.kind === 'fixed' ? template.value : guarded(name, () => template.evaluate(scope));
}

/** Names the claim in the error of a value that cannot be converted, and never the value. */
export function guarded<T>(name: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof MintError && error.code === 'identity.inexact-number') throw inexactNumber(name);
    if (!(error instanceof ConversionError)) throw error;
    throw new MintError(error.code, `${called('The value of the claim', name)} ${error.message}.`, { subject: name });
  }
}
