/**
 * @module
 * `<ExpiresIn>` and `<NotBefore>`: from when and until when the token is valid.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { XmlElement } from '../../documents/xml-element.ts';
import { time } from '../../plan/needs.ts';
import { sentValue } from '../../plan/request-values.ts';
import type { Scope, Step } from '../../plan/token-plan.ts';
import { ConversionError } from './claim-types.ts';
import { guarded } from './claims.ts';
import { reportNewer } from './newer.ts';
import type { PolicyReader } from './policy-reader.ts';
import { readPresent } from './registered-claims.ts';
import { type Duration, readDate, readDuration } from './times.ts';
import type { ElementValue } from './value.ts';
import { textOf } from './value-text.ts';
import { attributeOf, childOf, trimmedText } from './xml-parts.ts';

/** `<ExpiresIn>`: a duration after the time of issue. */
export function readExpiry(reader: PolicyReader, policy: XmlElement, editionChosen: boolean): Step[] {
  const value = readPresent(reader, policy, 'ExpiresIn');
  if (value === undefined) return [];
  const text = value.kind === 'fixed' ? value.text : value.fallback;
  const duration = text === undefined ? undefined : readLifetime(reader, text.text);
  if (text !== undefined && duration === undefined) {
    const suggestion =
      'Write a whole number with its unit: 30s, 60m, 1h or 10d; Apigee X also has ms. Weeks are only for `<NotBefore>`: write 7d for one.';
    reader.refuse('InvalidValueForElement', text, '`<ExpiresIn>` is not a duration', suggestion);
    return [];
  }
  const bare = duration?.unit === undefined ? text : undefined;
  if (editionChosen) warnOfUnit(reader, bare);
  else if (value.kind === 'variable' || bare !== undefined) warnOfEdition(reader, policy, value.kind === 'variable');
  if (value.kind === 'fixed') return duration === undefined ? [] : [after('exp', duration.milliseconds, value.text)];
  return [
    computed('exp', value, (found, scope) => {
      const lifetime = readLifetime(reader, textOf(found).trim());
      if (lifetime === undefined) throw new ConversionError('is not a duration');
      return seconds(scope.now + lifetime.milliseconds);
    }),
  ];
}

/** Apigee documents weeks for `<NotBefore>` only (Edge release notes 20.02.03). */
function readLifetime(reader: PolicyReader, text: string): Duration | undefined {
  const duration = readDuration(text, reader.edition);
  return duration?.unit === 'w' ? undefined : duration;
}

function warnOfEdition(reader: PolicyReader, policy: XmlElement, isVariable: boolean): void {
  const number = isVariable ? 'A number without a unit in this variable' : 'This number';
  reader.report('apigee.edition-matters', childOf(policy, 'ExpiresIn') ?? policy, {
    message: `${number} means seconds on Apigee Edge and milliseconds on Apigee X; mintproc reads it as ${reader.edition.unitWord}.`,
    suggestion: 'Write `edition: edge` or `edition: x` in mintproc.yaml, or add a unit to the number.',
  });
}

/** As milliseconds, a number below this is less than a minute. */
const fewMilliseconds = 60_000;

/** As seconds, a number from here on is more than the ten days of the vendor's example; as milliseconds, 17 minutes. */
const manySeconds = 1_000_000;

/** Warns of a number without a unit that was hardly meant in the unit of the edition. */
function warnOfUnit(reader: PolicyReader, text: SourceText | undefined): void {
  if (text === undefined) return;
  const number = Number(text.text);
  const { unitWord } = reader.edition;
  if (unitWord === 'milliseconds' ? number >= fewMilliseconds : number < manySeconds) return;
  const meant = unitWord === 'milliseconds' ? 'less than a minute' : 'more than eleven days';
  reader.report('apigee.unlikely-lifetime', text, {
    message: `A number without a unit means ${unitWord} on ${reader.edition.product}, which is ${meant} here.`,
    suggestion: 'Add the unit that is meant: 30s, 60m, 1h or 10d.',
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
  if (delay !== undefined) {
    reportNewer(reader, text, 'a relative `<NotBefore>`');
    return after('nbf', delay.milliseconds, text);
  }
  const at = readDate(text.text);
  if (at !== undefined) return { kind: 'fixed', name: 'nbf', value: seconds(at), place: text.placeAt(0) };
  const suggestion =
    'Write a duration such as 6h or 1w, or a date such as 2017-08-14T11:00:21.269-0700, `Mon, 14 Aug 2017 11:00:21 PDT`, `Monday, 14-Aug-17 11:00:21 PDT` or `Mon Aug 14 11:00:21 2017`.';
  reader.refuse('InvalidTimeFormat', text, '`<NotBefore>` is not a time that Apigee can read', suggestion);
  return undefined;
}

/** A duration needs a unit here: a number without a unit could also be seconds since the epoch. */
function readDelay(reader: PolicyReader, text: string): Duration | undefined {
  const delay = readDuration(text, reader.edition);
  return delay?.unit === undefined ? undefined : delay;
}

/** Warns of a policy whose tokens are valid at no time (RFC 7519 sections 4.1.4 and 4.1.5). */
export function checkValidity(reader: PolicyReader, policy: XmlElement): void {
  const expiry = fixedDuration(reader, policy, 'ExpiresIn');
  if (expiry === undefined) return;
  const delay = fixedDuration(reader, policy, 'NotBefore');
  const isLate = delay?.unit !== undefined && delay.milliseconds >= expiry.milliseconds;
  if (!isLate && expiry.milliseconds > 0) return;
  reader.report('policy.never-valid', childOf(policy, isLate ? 'NotBefore' : 'ExpiresIn') ?? policy, {
    message: isLate
      ? 'The token becomes valid when `<ExpiresIn>` is over, so it is never valid.'
      : 'The token expires when it is issued, so it is never valid.',
    suggestion: isLate
      ? '`<NotBefore>` and `<ExpiresIn>` both count from the time of issue: make `<ExpiresIn>` the longer one.'
      : 'Write how long the token is valid, or remove `<ExpiresIn>` for a token that does not expire.',
  });
}

/** Undefined if the element has a `ref`, which may have any value. */
function fixedDuration(reader: PolicyReader, policy: XmlElement, name: string): Duration | undefined {
  const element = childOf(policy, name);
  if (element === undefined || (attributeOf(element, 'ref')?.text ?? '') !== '') return undefined;
  return readDuration(trimmedText(element).text, reader.edition);
}

/** A time after the time of issue. As in the vendor's dates, the fraction of a second is cut off after the addition. */
function after(name: string, milliseconds: number, text: SourceText): Step {
  const place = text.placeAt(0);
  if (milliseconds % 1000 === 0) return { kind: 'time', name, offset: milliseconds / 1000, place };
  const value = sentValue([time], ({ now }) => seconds(now + milliseconds));
  return { kind: 'computed', name, value, place };
}

function computed(
  name: string,
  { value, place }: Extract<ElementValue, { kind: 'variable' }>,
  make: (found: JsonValue, scope: Pick<Scope, 'now'>) => number,
): Step {
  return {
    kind: 'computed',
    name,
    place,
    value: {
      needs: () => [...value.needs(), time],
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
