/**
 * @module
 * Compares a token that a gateway made with the one that is made here for the same request: header and claims, member
 * by member, with their order and types. No key is needed, since signatures are not compared.
 *
 * What must differ is compared by what it means: times as their distance from the time of issue, random identifiers by
 * their form.
 */
import { inDoubles } from '../diagnostics/exact-json.ts';
import { isPlainName } from '../diagnostics/harmless.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { formOf } from './identifier-form.ts';
import { isSameJson, kindOf, textDifference } from './json-values.ts';

/** A token as far as it can be read. */
export interface ReadableToken {
  readonly header: JsonObject;
  /** The header of a signed token inside an encrypted one; undefined if there is none. */
  readonly inner: JsonObject | undefined;
  /** Undefined if the token is encrypted and no key opens it. */
  readonly claims: JsonObject | undefined;
  /** When it was made, in seconds since the epoch, if that is known without `iat`. */
  readonly madeAt: number | undefined;
}

export type PartName = 'header' | 'inner header' | 'claims';

/**
 * `missing`: the token that is made here lacks the member; `extra`: the recorded one does. `unread`: one of the tokens
 * stays closed, so nothing is known.
 */
export type MemberResult = 'same' | 'differs' | 'missing' | 'extra' | 'unread';

export interface Compared {
  readonly part: PartName;
  /** Undefined if the row is about the part as a whole. */
  readonly name: string | undefined;
  readonly result: MemberResult;
  /** What is compared and how it differs, without any value; empty if the values are simply the same. */
  readonly message: string;
  readonly recorded: JsonValue | undefined;
  readonly made: JsonValue | undefined;
}

/** In the order of the recorded token; what it lacks comes last in each part. */
export function compareTokens(recorded: ReadableToken, made: ReadableToken): readonly Compared[] {
  return [
    ...compareParts('header', recorded.header, made.header, compareHeaderMember),
    ...compareInner(recorded.inner, made.inner),
    ...compareClaims(recorded, made),
  ];
}

/** `claims.sub`, as `--ignore` names it; `claims` for a row about the part as a whole. */
export function pathOf({ part, name }: Compared): string {
  return name === undefined ? part : `${part}.${name}`;
}

/** For `--ignore`: a part, or a member of it. */
export const comparedPath = /^(?:header|inner header|claims)(?:\..+)?$/;

/** The rows, of which those at `ignored` paths count as the same. */
export function ignoring(rows: readonly Compared[], ignored: ReadonlySet<string>): readonly Compared[] {
  return rows.map((row) =>
    row.result === 'same' || !ignored.has(pathOf(row))
      ? row
      : { ...row, result: 'same', message: 'It differs, which is ignored.' },
  );
}

const absent: Readonly<Partial<Record<MemberResult, string>>> = {
  missing: 'The recorded token has it, and the one that is made here does not.',
  extra: 'The token that is made here has it, and the recorded one does not.',
};

/** A sentence about the row, without any value; empty if the values are simply the same. */
export function differenceOf({ result, message }: Compared): string {
  return message === '' ? (absent[result] ?? '') : message;
}

interface Verdict {
  /** Undefined if the values are the same. */
  readonly difference: string | undefined;
  /** How the values were compared, if they are the same in a sense. */
  readonly how?: string;
}

type Rule = (name: string, recorded: JsonValue, made: JsonValue) => Verdict;

function compareInner(recorded: JsonObject | undefined, made: JsonObject | undefined): readonly Compared[] {
  if (recorded !== undefined && made !== undefined) {
    return compareParts('inner header', recorded, made, (_name, one, other) => compareValues(one, other));
  }
  if (recorded === undefined && made === undefined) return [];
  return [whole('inner header', recorded === undefined ? 'extra' : 'missing', '')];
}

function compareClaims(recorded: ReadableToken, made: ReadableToken): readonly Compared[] {
  const [claims, others] = [recorded.claims, made.claims];
  if (claims !== undefined && others !== undefined) {
    return compareParts('claims', claims, others, claimRule(recorded, made));
  }
  const which = claims === undefined ? 'recorded token' : 'token that is made here';
  return [whole('claims', 'unread', `No key opens the ${which}, or its claims are not a JSON object.`)];
}

function whole(part: PartName, result: MemberResult, message: string): Compared {
  return { part, name: undefined, result, message, recorded: undefined, made: undefined };
}

function compareParts(part: PartName, recorded: JsonObject, made: JsonObject, rule: Rule): readonly Compared[] {
  const [names, others] = [Object.keys(recorded), Object.keys(made)];
  const rows = names.map((name): Compared => {
    const values = { part, name, recorded: recorded[name], made: made[name] };
    if (!Object.hasOwn(made, name)) return { ...values, result: 'missing', message: '' };
    const { difference, how = '' } = rule(name, recorded[name] ?? null, made[name] ?? null);
    return difference === undefined
      ? { ...values, result: 'same', message: how }
      : { ...values, result: 'differs', message: difference };
  });
  const extra = others
    .filter((name) => !Object.hasOwn(recorded, name))
    .map((name): Compared => ({ part, name, result: 'extra', message: '', recorded: undefined, made: made[name] }));
  return [...rows, ...extra, ...compareOrder(part, names, others)];
}

/** The order of the members that both have. */
function compareOrder(part: PartName, names: readonly string[], others: readonly string[]): readonly Compared[] {
  const [here, there] = [new Set(others), new Set(names)];
  const [one, other] = [names.filter((name) => here.has(name)), others.filter((name) => there.has(name))];
  const at = one.findIndex((name, index) => other[index] !== name);
  if (at === -1) return [];
  const shown = [one[at], other[at]].map((name) => (isPlainName(name ?? '') ? `\`${name}\`` : 'another'));
  const message = `The members have another order: where the recorded token has ${shown[0]}, ${shown[1]} comes here.`;
  return [{ part, name: undefined, result: 'differs', message, recorded: [...one], made: [...other] }];
}

/** What encryption makes anew for each token (RFC 7518 sections 4.6.1, 4.7.1 and 4.8.1). */
const random = new Set(['epk', 'iv', 'tag', 'p2s']);

function compareHeaderMember(name: string, recorded: JsonValue, made: JsonValue): Verdict {
  if (!random.has(name)) return compareValues(recorded, made);
  const difference = kindOf(recorded) === kindOf(made) ? undefined : differentKinds(recorded, made);
  return { difference, how: 'It is new in each token.' };
}

const times = new Set(['exp', 'nbf']);

function claimRule(recorded: ReadableToken, made: ReadableToken): Rule {
  return (name, one, other) => {
    if (kindOf(one) !== kindOf(other)) return { difference: differentKinds(one, other) };
    if (name === 'iat') return { difference: undefined, how: 'The time of issue, from which the others count.' };
    if (name === 'jti') return compareIdentifiers(one, other);
    if (times.has(name)) return compareTimes([one, issuedAt(recorded)], [other, issuedAt(made)]);
    return compareValues(one, other);
  };
}

function issuedAt({ claims, madeAt }: ReadableToken): number | undefined {
  return secondsOf(claims?.['iat']) ?? madeAt;
}

/** The last second that a date can have. */
const lastSecond = 8.64e12;

/** When the token says that it was issued, in milliseconds since the epoch; undefined if it says nothing usable. */
export function issueOf({ claims }: ReadableToken): number | undefined {
  const seconds = secondsOf(claims?.['iat']);
  return seconds !== undefined && seconds >= 0 && seconds <= lastSecond ? seconds * 1000 : undefined;
}

function secondsOf(value: JsonValue | undefined): number | undefined {
  const seconds = value === undefined ? undefined : inDoubles(value);
  return typeof seconds === 'number' ? seconds : undefined;
}

type Time = readonly [value: JsonValue, issued: number | undefined];

function compareTimes([value, issued]: Time, [otherValue, otherIssued]: Time): Verdict {
  const [seconds, others] = [secondsOf(value), secondsOf(otherValue)];
  if (seconds === undefined || others === undefined) return compareValues(value, otherValue);
  if (issued === undefined || otherIssued === undefined) {
    return { difference: undefined, how: 'Not compared: the recorded token does not say when it was issued.' };
  }
  const [distance, other] = [seconds - issued, others - otherIssued];
  if (distance === other) return { difference: undefined, how: `${after(distance)} the time of issue.` };
  return { difference: `${after(distance)} the time of issue in the recorded token, and ${after(other)} it here.` };
}

function after(seconds: number): string {
  return seconds < 0 ? `${-seconds} s before` : `${seconds} s after`;
}

function compareIdentifiers(one: JsonValue, other: JsonValue): Verdict {
  const same = compareValues(one, other);
  if (same.difference === undefined || typeof one !== 'string' || typeof other !== 'string') return same;
  const [form, otherForm] = [formOf(one), formOf(other)];
  if (form === undefined && otherForm === undefined) return same;
  if (form === otherForm) return { difference: undefined, how: `Both are ${form}.` };
  const described = [form, otherForm].map((found) => found ?? 'another text');
  return { difference: `It is ${described[0]} in the recorded token, and ${described[1]} here.` };
}

function compareValues(one: JsonValue, other: JsonValue): Verdict {
  const [text, otherText] = [JSON.stringify(one), JSON.stringify(other)];
  if (text === otherText) return { difference: undefined };
  if (kindOf(one) !== kindOf(other)) return { difference: differentKinds(one, other) };
  if (isSameJson(one, other)) return { difference: 'Its members have another order.' };
  return { difference: howDifferent(one, other) };
}

function howDifferent(one: JsonValue, other: JsonValue): string {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length
      ? 'The items are others.'
      : `It has ${one.length} items in the recorded token, and ${other.length} here.`;
  }
  if (typeof one !== 'string' || typeof other !== 'string') return 'The values are different.';
  return textDifference(one, other);
}

function differentKinds(one: JsonValue, other: JsonValue): string {
  return `It is ${kindOf(one)} in the recorded token, and ${kindOf(other)} here.`;
}
