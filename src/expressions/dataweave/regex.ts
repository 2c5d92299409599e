/**
 * @module
 * Regular expressions by an engine whose time grows with the text and nothing else: patterns come from policies, but
 * the texts come from strangers.
 *
 * It has no look-around, back-references, possessive quantifiers or atomic groups; Java has.
 */

import { RE2JS } from 're2js';
import { MintError } from '../../diagnostics/mint-error.ts';
import { dataweaveLimits, type Meter } from './bounds.ts';
import { CountedText } from './counted-text.ts';
import { RegexValue, type Value } from './values.ts';

const missing: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\(\?<?[=!]/, 'look-ahead and look-behind'],
  [/\(\?>/, 'atomic groups'],
  [/[*+?}]\+/, 'possessive quantifiers'],
  [/\\[1-9]|\\k</, 'back-references'],
  [/&&\[/, 'intersections of classes'],
];

/** Steps that compiling takes for each state of a pattern. */
const stepsPerState = 10;

export type RegexResult = { readonly regex: RegexValue } | { readonly problem: string; readonly suggestion?: string };

export function compileRegex(source: string): RegexResult {
  if (source.length > dataweaveLimits.regexLength) {
    return { problem: `A regular expression has at most ${dataweaveLimits.regexLength} characters.` };
  }
  if (patternSize(source) > dataweaveLimits.regexStates) {
    return {
      problem: `A regular expression has at most ${dataweaveLimits.regexStates} states, repetitions written out.`,
    };
  }
  try {
    return { regex: new RegexValue(source, RE2JS.compile(source)) };
  } catch {
    const construct = missing.find(([pattern]) => pattern.test(source))?.[1];
    if (construct === undefined) return { problem: 'The regular expression is not well formed.' };
    return {
      problem: `Regular expressions have no ${construct} here, because their time would have no bound.`,
      suggestion: 'Write it without, or test in two steps.',
    };
  }
}

/** The pattern that was last made at a request: mostly it is the same text each time. */
let latest: RegexValue | undefined;

/**
 * A pattern that a text makes; who does so at a request pays for it (`chargePattern`).
 *
 * @throws MintError `dataweave.regex`
 */
export function regexOf(source: string): RegexValue {
  if (latest?.source === source) return latest;
  const found = compileRegex(source);
  if ('problem' in found) throw new MintError('dataweave.regex', found.problem);
  latest = found.regex;
  return latest;
}

export function chargePattern(source: Value, meter: Meter): void {
  if (typeof source !== 'string' || latest?.source === source) return;
  meter.charge(
    20 +
      stepsPerState * Math.min(patternSize(source.slice(0, dataweaveLimits.regexLength)), dataweaveLimits.regexStates),
  );
}

/** As `regexOf`, paid for. */
export function patternOf(source: string, meter: Meter): RegexValue {
  chargePattern(source, meter);
  return regexOf(source);
}

/** A match: the groups, of which the first is all of it, and where it stands. */
export interface Match {
  readonly groups: readonly (string | null)[];
  readonly start: number;
  readonly end: number;
}

/** The engine declares that it takes a string; it takes an object of String as well. */
function matcherOf(regex: RegexValue, text: string, meter: Meter): ReturnType<RE2JS['matcher']> {
  const counted = new CountedText(text, regex.engine.programSize(), meter);
  return regex.engine.matcher(counted as unknown as string);
}

/** The match of the whole text. */
export function matchWhole(regex: RegexValue, text: string, meter: Meter): Match | undefined {
  const matcher = matcherOf(regex, text, meter);
  return matcher.matches() ? matchAt(matcher) : undefined;
}

/** What the engine does for a match beside reading characters takes some 2.5 µs, as long as five steps of other kinds. */
const stepsPerMatch = 5;

/** All matches, from left to right. */
export function findAll(regex: RegexValue, text: string, meter: Meter): readonly Match[] {
  const matcher = matcherOf(regex, text, meter);
  const found: Match[] = [];
  while (matcher.find()) {
    const match = matchAt(matcher);
    found.push(match);
    meter.charge(stepsPerMatch + match.groups.length);
  }
  return found;
}

/** Where each match and its groups begin, -1 for a group that takes no part. */
export function findStarts(regex: RegexValue, text: string, meter: Meter): readonly (readonly number[])[] {
  const matcher = matcherOf(regex, text, meter);
  const found: number[][] = [];
  while (matcher.find()) {
    found.push(Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.start(i)));
    meter.charge(stepsPerMatch + 1 + matcher.groupCount());
  }
  return found;
}

function matchAt(matcher: ReturnType<RE2JS['matcher']>): Match {
  const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? null);
  return { groups, start: matcher.start(), end: matcher.end() };
}

/** At least as many states as the engine makes of it, but for classes of characters, which it may split. */
export function patternSize(source: string): number {
  const open: number[] = [];
  let [total, last] = [0, 0];
  for (const [piece, most, least] of source.matchAll(pieces)) {
    if (piece === '(') {
      open.push(total);
      total = 0;
    } else if (piece === ')') {
      last = total + 2;
      total = (open.pop() ?? 0) + last;
    } else if (most !== undefined || least !== undefined) {
      const more = last * (Math.max(Number(most ?? 0), Number(least ?? 0)) - 1);
      total += more;
      last += more;
    } else {
      last = 1;
      total += 1;
    }
    if (total > 1e9) return total;
  }
  return open.reduce((sum, one) => sum + one, total);
}

/** A class, an escaped character, a repetition `{n,m}`, or one character. */
const pieces = /\[\^?\]?(?:[^\]\\]|\\.)*\]|\\[pPx]\{[^}]*\}|\\.|\{(\d+)(?:,(\d*))?\}|./gs;
