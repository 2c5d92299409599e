/**
 * @module
 * Which lines of a file are shown: those on which everything is known to be harmless.
 *
 * A line consists of ranges that a reader of the file declares harmless (`Harmless.ranges`: the expression of a claim,
 * the name of a route's policy) and of the rest, which may have only punctuation, words of the product and small
 * numbers. So any other scalar on the line hides it, and of a file that cannot be parsed only lines of known words are
 * shown.
 */
import type { Range, SourceText } from './source-text.ts';

/**
 * Nobody writes longer lines, and checking one again for each problem would take long. @internal Exported for the test
 * at the limit.
 */
export const longestLine = 4096;

/** The line of the file, counted from 1; undefined if a part of it is not known to be harmless. */
export function shownLine(source: SourceText, line: number): string | undefined {
  const text = source.lineText(line);
  if (text.length > longestLine) return undefined;
  // A line of known words needs no ranges.
  if (isKnown(source, text)) return text;
  const start = source.lineStart(line);
  return isKnown(source, withoutRanges(text, start, rangesOf(source))) ? text : undefined;
}

/** Punctuation without letters, longer than in any format. */
const longPunctuation = /[^\w\s]{9}/;
const betweenWords = /[\s{}[\]()<>=:,;"'|!?#&*/%$`^~\\]+/;
const dashes = /^-{1,3}$/;
/** Longer numbers may be a password. */
const smallNumber = /^\d{1,3}$/;

function isKnown(source: SourceText, text: string): boolean {
  if (longPunctuation.test(text)) return false;
  return text
    .split(betweenWords)
    .every((word) => word === '' || source.knows(word) || smallNumber.test(word) || dashes.test(word));
}

/** @param ranges in order, none inside another */
function withoutRanges(text: string, start: number, ranges: readonly Range[]): string {
  let rest = '';
  let at = start;
  const end = start + text.length;
  for (let index = firstBehind(ranges, start); index < ranges.length; index++) {
    const [from, to] = ranges[index] ?? [end, end];
    if (from >= end) break;
    rest += `${text.slice(at - start, Math.max(at, from) - start)} `;
    at = Math.max(at, Math.min(to, end));
  }
  return rest + text.slice(at - start);
}

/** The index of the first range that ends after `offset`. */
function firstBehind(ranges: readonly Range[], offset: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By file: its ranges are computed once, however many problems it has. */
const known = new WeakMap<object, readonly Range[]>();

function rangesOf(source: SourceText): readonly Range[] {
  const found = known.get(source.whole) ?? source.harmlessRanges().toSorted(([a], [b]) => a - b);
  known.set(source.whole, found);
  return found;
}
