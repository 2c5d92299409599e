/**
 * @module
 * Converts `<AdditionalClaims>` and `<AdditionalHeaders>` to steps.
 */
import { called } from '../../diagnostics/harmless.ts';
import type { JsonObject, JsonValue } from '../../diagnostics/json.ts';
import { MintError } from '../../diagnostics/mint-error.ts';
import { objectOf } from '../../diagnostics/ordered-object.ts';
import { LocatedError } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { eachInSteps, type Steps } from '../../diagnostics/steps.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Computed, Scope, Step } from '../../plan/token-plan.ts';
import { inexactNumber } from '../exact-value.ts';
import { type ClaimType, ConversionError, claimTypes, convert, toObject } from './claim-types.ts';
import { checkLiteral } from './literal-template.ts';
import { compileMapTemplate, type MapTemplate } from './map-template.ts';
import type { PolicyReader } from './policy-reader.ts';
import { compileTemplate } from './template.ts';
import { checkClaims, checkParameter } from './unverifiable.ts';
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

/** @param taken the header parameters that other elements of the policy write */
export function* readAdditionalHeaders(
  reader: PolicyReader,
  element: XmlElement | undefined,
  taken: ReadonlySet<string>,
): Steps<Step[]> {
  return element === undefined ? [] : yield* readList(reader, element, parameter, taken);
}

/** The members of the JSON object in `ref` come first, so that the policy's own claims replace them. */
export function* readAdditionalClaims(reader: PolicyReader, element: XmlElement | undefined): Steps<Step[]> {
  if (element === undefined) return [];
  const ref = attributeOf(element, 'ref');
  const list = yield* readList(reader, element, claim, new Set());
  if (ref === undefined || ref.text === '') return list;
  checkConstant(reader, ref);
  const value = membersOf(readValue(reader, { ...element, children: [], text: ref.slice(0, 0) }));
  return [{ kind: 'members', value, place: ref.placeAt(0) }, ...list];
}

/** The claims of a variable that has one value for all requests. Whether it is an object shows at the request. */
function checkConstant(reader: PolicyReader, ref: SourceText): void {
  const constant = reader.declared?.constant(ref.text);
  if (constant === undefined) return;
  try {
    checkClaims(reader, ref, toObject(constant));
  } catch (error) {
    if (!(error instanceof ConversionError) && !(error instanceof MintError)) throw error;
  }
}

function membersOf(value: ElementValue): Computed<JsonObject> {
  return {
    needs: () => (value.kind === 'variable' ? value.value.needs() : []),
    evaluate(scope) {
      const found = value.kind === 'variable' ? value.value.evaluate(scope) : undefined;
      return found === undefined ? undefined : guarded('AdditionalClaims', () => asVendorWrites(toObject(found)));
    },
  };
}

/** The claims of a JSON object as the vendor's library writes them: without null, and one audience as a string. */
function asVendorWrites(claims: JsonObject): JsonObject {
  const entries = Object.entries(claims).filter(([, value]) => value !== null);
  return objectOf(
    entries.map(([name, value]): [string, JsonValue] => [
      name,
      name === 'aud' && Array.isArray(value) && value.length === 1 ? value[0] : value,
    ]),
  );
}

function* readList(reader: PolicyReader, element: XmlElement, kind: Kind, taken: ReadonlySet<string>): Steps<Step[]> {
  const seen = new Set<string>();
  const members = yield* eachInSteps(childrenOf(element, 'Claim'), (child) => {
    const name = readName(reader, child, kind);
    const type = readType(reader, child, kind);
    const array = readArray(reader, child);
    checkFault(reader, child);
    if (name !== undefined) checkRepeated(reader, child, kind, name, seen, taken);
    return name === undefined || type === undefined ? [] : readMember(reader, child, kind, name, type, array);
  });
  return members.flat();
}

function checkRepeated(
  reader: PolicyReader,
  element: XmlElement,
  kind: Kind,
  name: string,
  seen: Set<string>,
  taken: ReadonlySet<string>,
): void {
  const at = attributeOf(element, 'name') ?? element;
  const suggestion = 'Remove one of them.';
  if (taken.has(name)) {
    const message = `${called(`The ${kind.noun}`, name)} is also written by another element of the policy, whose value counts.`;
    reader.report('policy.repeated-member', at, { message, suggestion });
  } else if (seen.has(name)) {
    const message = `${called(`The ${kind.noun}`, name)} is written twice; the later one counts.`;
    reader.report('policy.repeated-member', at, { message, suggestion });
  }
  seen.add(name);
}

/** Exports have this attribute, which no page of the vendor mentions: `false`, whatever the policy says. */
function checkFault(reader: PolicyReader, element: XmlElement): void {
  const attribute = attributeOf(element, 'wantFaultIfUnresolved');
  if (attribute?.text !== 'true' || !reader.ignoreUnresolved) return;
  reader.report('apigee.ignored-element', attribute, {
    message: 'This attribute has no effect here: `<IgnoreUnresolvedVariables>` decides, and it says the opposite.',
    suggestion: 'Change one of them. Apigee does not document this attribute.',
  });
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

function readMember(
  reader: PolicyReader,
  element: XmlElement,
  kind: Kind,
  name: string,
  type: ClaimType,
  array: boolean,
): Step[] {
  const value = readValue(reader, element);
  const text = value.kind === 'absent' ? undefined : value.kind === 'fixed' ? value.text : value.fallback;
  if (text !== undefined && type === 'string') checkLiteral(reader, text, `<Claim name="…" ref="NAME"/>`);
  switch (value.kind) {
    case 'absent':
      reader.report('apigee.ignored-element', element, {
        message: `${called('The claim', name)} has neither text nor a \`ref\`, so tokens do not contain it.`,
      });
      return [];
    case 'fixed':
      return fixedMember(reader, kind, name, value.text, type, array);
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

function fixedMember(
  reader: PolicyReader,
  kind: Kind,
  name: string,
  text: SourceText,
  type: ClaimType,
  array: boolean,
): Step[] {
  if (type === 'map' && !array) return mapMember(reader, name, text);
  try {
    const value = convert(text.text, type, array);
    if (kind === parameter) checkParameter(reader, text, name, value);
    return [{ kind: 'fixed', name, value, place: text.placeAt(0) }];
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
    const value: Computed = {
      needs: template.needs,
      evaluate: (scope) => evaluateTemplate(name, template, scope),
    };
    return [{ kind: 'computed', name, value, place: text.placeAt(0) }];
  }
  if (typeof template.value !== 'object' || template.value === null || Array.isArray(template.value)) {
    reader.refuse('InvalidValueForElement', text, `${called('The claim', name)} is not a JSON object`);
  }
  return [{ kind: 'fixed', name, value: template.value, place: text.placeAt(0) }];
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
    needs: () => [...value.needs(), ...(template?.kind === 'computed' ? template.needs() : [])],
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
