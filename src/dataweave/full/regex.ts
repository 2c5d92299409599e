/**
 * @module
 * Regular expressions by an engine whose time grows with the text and nothing else: patterns come from policies, but
 * the texts come from strangers.
 *
 * It has no look-around, back-references, possessive quantifiers or atomic groups; Java has.
 */

import { RE2JS } from 're2js';
import { MintError } from '../../diagnostics/mint-error.ts';
import { fullLimits, type Meter } from './bounds.ts';
import { RegexValue } from './values.ts';

const missing: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\(\?<?[=!]/, 'look-ahead and look-behind'],
  [/\(\?>/, 'atomic groups'],
  [/[*+?}]\+/, 'possessive quantifiers'],
  [/\\[1-9]|\\k</, 'back-references'],
  [/&&\[/, 'intersections of classes'],
];

export type RegexResult = { readonly regex: RegexValue } | { readonly problem: string; readonly suggestion?: string };

export function compileRegex(source: string): RegexResult {
  if (source.length > fullLimits.regexLength) {
    return { problem: `A regular expression has at most ${fullLimits.regexLength} characters.` };
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

/** @throws MintError `dataweave.regex` */
export function regexOf(source: string): RegexValue {
  const found = compileRegex(source);
  if ('regex' in found) return found.regex;
  throw new MintError('dataweave.regex', found.problem);
}

/** A match: the groups, of which the first is all of it, and where it stands. */
export interface Match {
  readonly groups: readonly (string | null)[];
  readonly start: number;
  readonly end: number;
}

/** Each character visits each state of the pattern at worst; so many visits count as one step. */
const visitsPerStep = 64;

function chargeScan(regex: RegexValue, text: string, meter: Meter): void {
  meter.charge(Math.ceil((text.length * regex.source.length) / visitsPerStep));
}

/** The match of the whole text. */
export function matchWhole(regex: RegexValue, text: string, meter: Meter): Match | undefined {
  chargeScan(regex, text, meter);
  const matcher = regex.engine.matcher(text);
  return matcher.matches() ? matchAt(matcher) : undefined;
}

/** All matches, from left to right. Each search may look at the rest of the text once more, which is counted. */
export function findAll(regex: RegexValue, text: string, meter: Meter): readonly Match[] {
  const matcher = regex.engine.matcher(text);
  const found: Match[] = [];
  chargeScan(regex, text, meter);
  while (matcher.find()) {
    const match = matchAt(matcher);
    found.push(match);
    meter.charge(1 + match.groups.length);
  }
  return found;
}

/** Where each match and its groups begin, -1 for a group that takes no part. */
export function findStarts(regex: RegexValue, text: string, meter: Meter): readonly (readonly number[])[] {
  const matcher = regex.engine.matcher(text);
  const found: number[][] = [];
  chargeScan(regex, text, meter);
  while (matcher.find()) {
    found.push(Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.start(i)));
    meter.charge(2 + matcher.groupCount());
  }
  return found;
}

function matchAt(matcher: ReturnType<RE2JS['matcher']>): Match {
  const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? null);
  return { groups, start: matcher.start(), end: matcher.end() };
}
