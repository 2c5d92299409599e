/**
 * @module
 * Converts the elements for registered claims to steps (RFC 7519 section 4.1).
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Computed, Scope, Step } from '../../plan/token-plan.ts';
import { ConversionError, splitList } from './claim-types.ts';
import { guarded } from './claims.ts';
import type { PolicyReader } from './policy-reader.ts';
import { type Duration, readDate, readDuration } from './times.ts';
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
  if (value.kind === 'fixed') return [{ kind: 'fixed', name: 'jti', value: value.text.text }];
  const found: Computed = value.kind === 'variable' ? value.value : { evaluate: () => undefined };
  return [
    {
      kind: 'computed',
      name: 'jti',
      place: value.kind === 'variable' ? value.place : element.text.placeAt(0),
      value: {
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
  if (value.kind === 'fixed') {
    const made = make(value.text.text);
    return made === undefined ? [] : [{ kind: 'fixed', name: claim, value: made }];
  }
  return [
    {
      kind: 'computed',
      name: claim,
      place: value.place,
      value: {
        evaluate(scope) {
          const found = value.value.evaluate(scope);
          if (found === undefined) return undefined;
          return make(guarded(claim, () => (Array.isArray(found) ? found.map(textOf).join(',') : textOf(found))));
        },
      },
    },
  ];
}

/** Undefined if the policy does not have the element, or if it is empty, which is reported. */
function readPresent(
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

/** `<ExpiresIn>`: a duration after the time of issue. */
export function readExpiry(reader: PolicyReader, policy: XmlElement, editionChosen: boolean): Step[] {
  const value = readPresent(reader, policy, 'ExpiresIn');
  if (value === undefined) return [];
  const text = value.kind === 'fixed' ? value.text : value.fallback;
  const duration = text === undefined ? undefined : readDuration(text.text, reader.edition);
  if (text !== undefined && duration === undefined) {
    const suggestion = 'Write a whole number with its unit: 30s, 60m, 1h or 10d; Apigee X also has ms.';
    reader.refuse('InvalidValueForElement', text, '`<ExpiresIn>` is not a duration', suggestion);
    return [];
  }
  const isVariable = value.kind === 'variable';
  if (!editionChosen && (isVariable || duration?.bare === true)) warnOfEdition(reader, policy, isVariable);
  if (value.kind === 'fixed') return duration === undefined ? [] : [after('exp', duration.milliseconds, value.text)];
  return [
    computed('exp', value, (found, scope) => {
      const lifetime = readDuration(textOf(found).trim(), reader.edition);
      if (lifetime === undefined) throw new ConversionError('is not a duration');
      return seconds(scope.now + lifetime.milliseconds);
    }),
  ];
}

function warnOfEdition(reader: PolicyReader, policy: XmlElement, isVariable: boolean): void {
  const number = isVariable ? 'A number without a unit in this variable' : 'This number';
  reader.report('apigee.edition-matters', childOf(policy, 'ExpiresIn') ?? policy, {
    message: `${number} means seconds on Apigee Edge and milliseconds on Apigee X; mintproc reads it as ${reader.edition.unitWord}.`,
    suggestion: 'Write `edition: edge` or `edition: x` in mintproc.yaml, or add a unit to the number.',
  });
}

/** `<NotBefore>`: a date, or a duration after the time of issue. */
export function readNotBefore(reader: PolicyReader, policy: XmlElement): Step[] {
  const value = readPresent(reader, policy, 'NotBefore');
  if (value === undefined) return [];
  const text = value.kind === 'fixed' ? value.text : value.fallback;
  if (text !== undefined) {
    const step = fixedNotBefore(reader, text);
    if (step === undefined || value.kind === 'fixed') return step === undefined ? [] : [step];
  }
  if (value.kind === 'fixed') return [];
  return [
    computed('nbf', value, (found, scope) => {
      const written = textOf(found).trim();
      const delay = readDelay(reader, written);
      const at = delay === undefined ? readDate(written) : scope.now + delay.milliseconds;
      if (at === undefined) throw new ConversionError('is not a time that Apigee can read');
      return seconds(at);
    }),
  ];
}

function fixedNotBefore(reader: PolicyReader, text: SourceText): Step | undefined {
  const delay = readDelay(reader, text.text);
  if (delay !== undefined) return after('nbf', delay.milliseconds, text);
  const at = readDate(text.text);
  if (at !== undefined) return { kind: 'fixed', name: 'nbf', value: seconds(at) };
  const suggestion =
    'Write a duration such as 6h, or a date such as 2017-08-14T11:00:21.269-0700, `Mon, 14 Aug 2017 11:00:21 PDT`, `Monday, 14-Aug-17 11:00:21 PDT` or `Mon Aug 14 11:00:21 2017`.';
  reader.refuse('InvalidTimeFormat', text, '`<NotBefore>` is not a time that Apigee can read', suggestion);
  return undefined;
}

/** A duration needs a unit here: a number without a unit could also be seconds since the epoch. */
function readDelay(reader: PolicyReader, text: string): Duration | undefined {
  const delay = readDuration(text, reader.edition);
  return delay?.bare === true ? undefined : delay;
}

/** A time after the time of issue. As in the vendor's dates, the fraction of a second is cut off after the addition. */
function after(name: string, milliseconds: number, text: SourceText): Step {
  if (milliseconds % 1000 === 0) return { kind: 'time', name, offset: milliseconds / 1000 };
  const value: Computed = { evaluate: (scope) => seconds(scope.now + milliseconds) };
  return { kind: 'computed', name, value, place: text.placeAt(0) };
}

function computed(
  name: string,
  { value, place }: Extract<ElementValue, { kind: 'variable' }>,
  make: (found: JsonValue, scope: Scope) => number,
): Step {
  return {
    kind: 'computed',
    name,
    place,
    value: {
      evaluate(scope) {
        const found = value.evaluate(scope);
        return found === undefined ? undefined : guarded(name, () => make(found, scope));
      },
    },
  };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
