/**
 * @module
 * Regular expressions by an engine without backtracking, whose time is linear in the length of the string. Patterns
 * come from policies, but the strings come from callers.
 *
 * Unlike Java, the engine has no look-around, back-references, possessive quantifiers or atomic groups.
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
    return { problem: `A regular expression can have at most ${dataweaveLimits.regexLength} characters.` };
  }
  if (patternSize(source) > dataweaveLimits.regexStates) {
    return {
      problem: `A regular expression can have at most ${dataweaveLimits.regexStates} states, with repetitions expanded.`,
    };
  }
  try {
    return { regex: new RegexValue(source, RE2JS.compile(source)) };
  } catch {
    const construct = missing.find(([pattern]) => pattern.test(source))?.[1];
    if (construct === undefined) return { problem: 'The regular expression is not valid.' };
    return {
      problem: `The regular expression uses ${construct}, which are not supported because their running time is not bounded.`,
      suggestion: 'Write the expression without them, or split it into two.',
    };
  }
}

/** The last pattern that was compiled at a request. Most expressions use the same one each time. */
let latest: RegexValue | undefined;

/**
 * Compiles a pattern. At a request, the caller charges it (`chargePattern`).
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

/** `chargePattern` and `regexOf`. */
export function patternOf(source: string, meter: Meter): RegexValue {
  chargePattern(source, meter);
  return regexOf(source);
}

/** The groups of a match, of which the first is the whole match, and its place. */
export interface Match {
  readonly groups: readonly (string | null)[];
  readonly start: number;
  readonly end: number;
}

/** The engine declares a parameter of type string, but an object of class String works as well. */
function matcherOf(regex: RegexValue, text: string, meter: Meter): ReturnType<RE2JS['matcher']> {
  const counted = new CountedText(text, regex.engine.programSize(), meter);
  return regex.engine.matcher(counted as unknown as string);
}

/** Matches the whole string. */
export function matchWhole(regex: RegexValue, text: string, meter: Meter): Match | undefined {
  const matcher = matcherOf(regex, text, meter);
  return matcher.matches() ? matchAt(matcher) : undefined;
}

/** The work of the engine for a match apart from reading characters takes some 2.5 µs. */
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

/** The start of each match and of its groups; -1 for a group that did not take part. */
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

/**
 * An upper bound of the states of a regular expression, from its source alone: a pattern may come from a request, and
 * compiling `(?:[a-z]{100}){10}` takes as long as its thousand states. Only character classes may have more, because
 * the engine may split them.
 *
 * @internal Exported for the test that compares it with the number of states that the engine makes.
 */
export function patternSize(source: string): number {
  const groups: number[] = [];
  let [total, last] = [0, 0];
  for (const [piece, min, max] of source.matchAll(pieces)) {
    if (piece === '(') {
      groups.push(total);
      total = 0;
    } else if (piece === ')') {
      last = total + 2;
      total = (groups.pop() ?? 0) + last;
    } else if (min === undefined) {
      last = 1;
      total += 1;
    } else {
      const repeated = last * Math.max(Number(min), Number(max ?? 0));
      total += repeated - last;
      last = repeated;
    }
    if (total > 1e9) return total;
  }
  return groups.reduce((sum, one) => sum + one, total);
}

/** A class, an escaped character, a repetition `{n,m}`, or a single character. */
const pieces = /\[\^?\]?(?:[^\]\\]|\\.)*\]|\\[pPx]\{[^}]*\}|\\.|\{(\d+)(?:,(\d*))?\}|./gs;
