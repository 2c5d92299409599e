/**
 * @module
 * The elements that each set one registered claim, to steps (RFC 7519 section 4.1).
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import type { Computed, Scope, Step } from '../../plan/token-plan.ts';
import { Misfit, splitList } from './claim-types.ts';
import { guarded } from './claims.ts';
import { readDate } from './date.ts';
import type { Reading } from './reading.ts';
import { readTimeSpan, type TimeSpan } from './time-span.ts';
import { type ElementValue, readValue } from './value.ts';
import { textOf } from './value-text.ts';
import { childOf } from './xml-parts.ts';

/** `<Subject>` or `<Issuer>`. */
export function readTextClaim(reading: Reading, policy: XmlElement, name: string, claim: string): Step[] {
  return readClaim(reading, policy, name, claim, (text) => text);
}

/** `<Audience>`: one audience is a text, several between commas are a list, none is no claim. */
export function readAudience(reading: Reading, policy: XmlElement): Step[] {
  return readClaim(reading, policy, 'Audience', 'aud', (text) => {
    const audiences = splitList(text);
    return audiences.length > 1 ? audiences : audiences[0];
  });
}

/** `<Id>`: what it says; a random UUID where it is empty; no claim where it is absent. */
export function readTokenId(reading: Reading, policy: XmlElement): Step[] {
  const element = childOf(policy, 'Id');
  if (element === undefined) return [];
  const value = readValue(reading, element);
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

/** A claim that is a text, or made of one. */
function readClaim(
  reading: Reading,
  policy: XmlElement,
  name: string,
  claim: string,
  make: (text: string) => JsonValue | undefined,
): Step[] {
  const value = readPresent(reading, policy, name);
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

/** Undefined where the element is not there, or is empty, which is reported. */
function readPresent(
  reading: Reading,
  policy: XmlElement,
  name: string,
): Exclude<ElementValue, { kind: 'absent' }> | undefined {
  const element = childOf(policy, name);
  if (element === undefined) return undefined;
  const value = readValue(reading, element);
  if (value.kind !== 'absent') return value;
  const message = `\`<${name}>\` has neither a text nor a \`ref\``;
  reading.refuse('InvalidEmptyElement', element, message, 'Leave it out, or write what the claim should be.');
  return undefined;
}

/** `<ExpiresIn>`: so long after the time of issue. */
export function readExpiry(reading: Reading, policy: XmlElement, editionChosen: boolean): Step[] {
  const value = readPresent(reading, policy, 'ExpiresIn');
  if (value === undefined) return [];
  const text = value.kind === 'fixed' ? value.text : value.fallback;
  const duration = text === undefined ? undefined : readTimeSpan(text.text, reading.edition);
  if (text !== undefined && duration === undefined) {
    const suggestion = 'Write a whole number with its unit: 30s, 60m, 1h or 10d; Apigee X also has ms.';
    reading.refuse('InvalidValueForElement', text, '`<ExpiresIn>` is not a span of time', suggestion);
    return [];
  }
  const place = childOf(policy, 'ExpiresIn');
  if (!editionChosen && place !== undefined && (value.kind === 'variable' || duration?.bare === true)) {
    warnOfEdition(reading, place, value.kind === 'variable');
  }
  if (value.kind === 'fixed') return duration === undefined ? [] : [after('exp', duration.milliseconds, value.text)];
  return [
    computed('exp', value, (found, scope) => {
      const span = readTimeSpan(textOf(found).trim(), reading.edition);
      if (span === undefined) throw new Misfit('is not a span of time');
      return seconds(scope.now + span.milliseconds);
    }),
  ];
}

function warnOfEdition(reading: Reading, element: XmlElement, byVariable: boolean): void {
  const number = byVariable ? 'A number without a unit in this variable' : 'This number';
  reading.report('apigee.edition-matters', element, {
    severity: 'warning',
    message: `${number} counts seconds on Apigee Edge and milliseconds on Apigee X; it is read here as ${reading.edition.unitWord}.`,
    suggestion: 'Write `edition: edge` or `edition: x` in mintproc.yaml, or a unit behind the number.',
  });
}

/** `<NotBefore>`: a date, or so long after the time of issue. */
export function readNotBefore(reading: Reading, policy: XmlElement): Step[] {
  const value = readPresent(reading, policy, 'NotBefore');
  if (value === undefined) return [];
  const text = value.kind === 'fixed' ? value.text : value.fallback;
  if (text !== undefined) {
    const step = fixedNotBefore(reading, text);
    if (step === undefined || value.kind === 'fixed') return step === undefined ? [] : [step];
  }
  if (value.kind === 'fixed') return [];
  return [
    computed('nbf', value, (found, scope) => {
      const written = textOf(found).trim();
      const span = readSpan(reading, written);
      const at = span === undefined ? readDate(written) : scope.now + span.milliseconds;
      if (at === undefined) throw new Misfit('is not a time that Apigee reads');
      return seconds(at);
    }),
  ];
}

function fixedNotBefore(reading: Reading, text: SourceText): Step | undefined {
  const span = readSpan(reading, text.text);
  if (span !== undefined) return after('nbf', span.milliseconds, text);
  const at = readDate(text.text);
  if (at !== undefined) return { kind: 'fixed', name: 'nbf', value: seconds(at) };
  const suggestion =
    'Write 2017-08-14T11:00:21.269-0700, Mon, 14 Aug 2017 11:00:21 PDT, Monday, 14-Aug-17 11:00:21 PDT, Mon Aug 14 11:00:21 2017, or a span such as 6h.';
  reading.refuse('InvalidTimeFormat', text, '`<NotBefore>` is no time that Apigee reads', suggestion);
  return undefined;
}

/** Relative times have a unit; a bare number might as well be an epoch. */
function readSpan(reading: Reading, text: string): TimeSpan | undefined {
  const span = readTimeSpan(text, reading.edition);
  return span?.bare === true ? undefined : span;
}

/** So many milliseconds after the time of issue; the fraction of a second is cut after adding, as the vendor's dates do. */
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
