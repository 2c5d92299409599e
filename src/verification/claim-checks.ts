/**
 * @module
 * What a verifier checks of a token's claims (RFC 7519 section 4.1).
 */
import { inDoubles } from '../diagnostics/exact-json.ts';
import type { JsonObject, JsonValue } from '../diagnostics/json.ts';
import { type Check, fail, note, pass } from './check.ts';
import { span, timeText } from './time-text.ts';

export interface Expectations {
  /** The issuers of whom the token may be; empty if any. */
  readonly issuers: readonly string[];
  /** The audiences of whom one must be named; empty if none need be. */
  readonly audiences: readonly string[];
  /** The time of the verifier, in milliseconds since the epoch. */
  readonly at: number;
  /** By how many milliseconds the clocks may differ. */
  readonly leeway: number;
}

export function checkClaims(claims: JsonObject, expected: Expectations): readonly Check[] {
  return [
    checkTime('exp', claims['exp'], expected, checkExpiry),
    checkTime('nbf', claims['nbf'], expected, checkStart),
    checkTime('iat', claims['iat'], expected, checkIssue),
    checkIssuer(claims['iss'], expected),
    checkAudience(claims['aud'], expected),
  ].filter((check) => check !== undefined);
}

/** @param seconds of the claim @param ahead how far it is in the future, in seconds; negative if in the past */
type TimeRule = (seconds: number, ahead: number, leeway: number) => Check;

function checkTime(
  name: string,
  value: JsonValue | undefined,
  { at, leeway }: Expectations,
  rule: TimeRule,
): Check | undefined {
  if (value === undefined) {
    return name === 'exp' ? note(name, 'The token has none, so it never expires.') : undefined;
  }
  const seconds = inDoubles(value);
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    return fail(name, 'It is not a number. RFC 7519 writes times as seconds since 1970.');
  }
  // Verifiers compare whole seconds of their own clock.
  return rule(seconds, seconds - Math.floor(at / 1000), leeway / 1000);
}

function checkExpiry(seconds: number, ahead: number, leeway: number): Check {
  if (ahead > 0) return pass('exp', `${timeText(seconds)}, in ${span(ahead)}${fullStop(seconds)}`);
  const since = ahead === 0 ? 'The token expires in this second' : `The token expired ${span(ahead)} ago`;
  if (ahead > -leeway)
    return pass('exp', `${timeText(seconds)}. ${since}, which the leeway of ${span(leeway)} allows.`);
  return fail('exp', `${timeText(seconds)}. ${since}${fullStop(seconds)}`);
}

function checkStart(seconds: number, ahead: number, leeway: number): Check {
  if (ahead <= 0) return pass('nbf', `${timeText(seconds)}, ${span(ahead)} ago.`);
  const until = `The token is not valid for another ${span(ahead)}`;
  if (ahead <= leeway)
    return pass('nbf', `${timeText(seconds)}. ${until}, which the leeway of ${span(leeway)} allows.`);
  const clocks = 'Either that is meant, or the clocks of issuer and verifier differ by as much';
  return fail('nbf', `${timeText(seconds)}. ${until}. ${clocks}${fullStop(seconds)}`);
}

/** RFC 7519 gives no rule for it, and verifiers differ. */
function checkIssue(seconds: number, ahead: number, leeway: number): Check {
  const distance = ahead > 0 ? `in ${span(ahead)}` : `${span(ahead)} ago`;
  if (ahead <= leeway) return pass('iat', `${timeText(seconds)}, ${distance}.`);
  const message = `${timeText(seconds)}, which is ${span(ahead)} in the future. Some verifiers refuse that`;
  return note('iat', `${message}${fullStop(seconds)}`);
}

/** A token of the year 5000 has milliseconds, as JavaScript and Java count them. */
const hardlySeconds = 95_617_584_000;

/** The end of a sentence about a time. */
function fullStop(seconds: number): string {
  return seconds >= hardlySeconds ? '. The claim seems to have milliseconds; it must have seconds.' : '.';
}

function checkIssuer(iss: JsonValue | undefined, { issuers }: Expectations): Check {
  if (issuers.length === 0) return note('iss', notAsked(iss, 'issuer'));
  if (iss === undefined) return fail('iss', 'The token has none.');
  if (typeof iss !== 'string') return fail('iss', 'It is not a string.');
  if (issuers.includes(iss)) return pass('iss', 'It is the one that was given.');
  return fail('iss', `It is another than the one that was given.${nearly([iss], issuers)}`);
}

function checkAudience(aud: JsonValue | undefined, { audiences }: Expectations): Check {
  if (audiences.length === 0) return note('aud', notAsked(aud, 'audience'));
  if (aud === undefined) return fail('aud', 'The token has none.');
  const named = [aud].flat();
  if (!named.every((one) => typeof one === 'string'))
    return fail('aud', 'It is neither a string nor a list of strings.');
  if (named.some((one) => audiences.includes(one))) return pass('aud', 'It has one that was given.');
  return fail('aud', `It does not have the one that was given.${nearly(named, audiences)}`);
}

function notAsked(claim: JsonValue | undefined, expected: string): string {
  const has = claim === undefined ? 'The token has none, and it' : 'It';
  return `${has} is not checked: which ${expected} the recipient expects is not known.`;
}

/** Verifiers compare these character by character. */
function nearly(found: readonly string[], wanted: readonly string[]): string {
  const plain = (text: string): string => text.trim().toLowerCase().replace(/\/$/, '');
  const isNear = found.some((one) => wanted.some((other) => plain(one) === plain(other)));
  return isNear ? ' They differ only in a final slash, in upper and lower case, or in white space.' : '';
}
