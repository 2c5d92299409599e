/**
 * @module
 * Finds the fields of a Java date pattern in a string.
 *
 * This is a matcher with memory instead of a regular expression. A regular expression with many optional parts would
 * backtrack in exponential time. Here, no pair of a pattern part and a place in the string is tried twice: whether the
 * rest matches does not depend on how the matcher got there.
 */
import { dayNames, eraNames, monthNames, type PatternPart } from './time-format.ts';

/** The letter of a field and the characters that it matched. */
export type FoundField = readonly [letter: string, text: string];

/** Undefined if the string does not match the whole pattern. */
export function fieldsIn(text: string, parts: readonly PatternPart[]): readonly FoundField[] | undefined {
  return new Matcher(text, parts).matched();
}

class Matcher {
  readonly #text: string;
  readonly #parts: readonly PatternPart[];
  /** Pairs of part and place from which the rest does not match. */
  readonly #failed = new Set<number>();
  readonly #found: FoundField[] = [];

  constructor(text: string, parts: readonly PatternPart[]) {
    this.#text = text;
    this.#parts = parts;
  }

  matched(): readonly FoundField[] | undefined {
    return this.#matchesFrom(0, 0) ? this.#found : undefined;
  }

  #matchesFrom(index: number, at: number): boolean {
    const state = index * (this.#text.length + 1) + at;
    if (this.#failed.has(state)) return false;
    const part = this.#parts[index];
    const isMatch = part === undefined ? at === this.#text.length : this.#matchesPart(part, index, at);
    if (!isMatch) this.#failed.add(state);
    return isMatch;
  }

  #matchesPart(part: PatternPart, index: number, at: number): boolean {
    switch (part.kind) {
      case 'text':
        return (
          isSame(this.#text.slice(at, at + part.text.length), part.text) &&
          this.#matchesFrom(index + 1, at + part.text.length)
        );
      case 'optional':
        return this.#matchesFrom(index + 1, at) || (part.isStart && this.#matchesFrom(endOf(this.#parts, index), at));
      case 'field':
        return this.#field(
          part.letter,
          endsOf(this.#text, at, part.letter, part.width, isNumeric(this.#parts[index + 1])),
          index,
          at,
        );
    }
  }

  #field(letter: string, ends: Iterable<number>, index: number, at: number): boolean {
    for (const end of ends) {
      this.#found.push([letter, this.#text.slice(at, end)]);
      if (this.#matchesFrom(index + 1, end)) return true;
      this.#found.pop();
    }
    return false;
  }
}

function isSame(text: string, other: string): boolean {
  return text.toLowerCase() === other.toLowerCase();
}

/** The index after the closing bracket of an optional part, or the end of the pattern if there is none. */
function endOf(parts: readonly PatternPart[], start: number): number {
  let depth = 0;
  for (let at = start; at < parts.length; at++) {
    const part = parts[at];
    if (part?.kind !== 'optional') continue;
    depth += part.isStart ? 1 : -1;
    if (depth === 0) return at + 1;
  }
  return parts.length;
}

/** Whether the part matches digits, so that a field of variable width before it must leave some for it. */
function isNumeric(part: PatternPart | undefined): boolean {
  if (part?.kind !== 'field') return false;
  return !'aEGXxZOVz'.includes(part.letter) && !('MLQq'.includes(part.letter) && part.width >= 3);
}

/** The possible ends of a field that begins at `at`, in the order in which they are tried. */
function endsOf(text: string, at: number, letter: string, width: number, isAdjacent: boolean): Iterable<number> {
  const words = wordsOf(letter, width);
  if (words !== undefined) return wordEnds(text, at, words);
  if ('XxZ'.includes(letter)) return patternEnds(text, at, offsetPatterns(letter, width));
  if (letter === 'O') return patternEnds(text, at, [width === 4 ? fullLocalized : localized]);
  if ('Vz'.includes(letter)) return zoneEnds(text, at);
  return (
    ('yu'.includes(letter) ? yearEnds(text, at, width, isAdjacent) : undefined) ??
    numberEnds(text, at, width, isAdjacent)
  );
}

/** The ends of a year that is not simply a number of this width. */
function yearEnds(text: string, at: number, width: number, isAdjacent: boolean): readonly number[] | undefined {
  if (width === 4 && !isAdjacent) return patternEnds(text, at, yearPatterns);
  return width === 1 && text.charAt(at) === '-' ? digitEnds(text, at + 1, 1, 9) : undefined;
}

function numberEnds(text: string, at: number, width: number, isAdjacent: boolean): readonly number[] {
  return width === 1 ? digitEnds(text, at, 1, isAdjacent ? 2 : 9) : digitEnds(text, at, width, width);
}

/** The possible values of a field that is written in letters. */
function wordsOf(letter: string, width: number): readonly string[] | undefined {
  if (letter === 'a') return ['AM', 'PM'];
  if (letter === 'G') return eraNames(width);
  if (letter === 'E') return shortened(dayNames, width);
  return 'ML'.includes(letter) && width >= 3 ? shortened(monthNames, width) : undefined;
}

function shortened(names: readonly string[], width: number): readonly string[] {
  return width < 4 ? names.map((name) => name.slice(0, 3)) : names;
}

function wordEnds(text: string, at: number, words: readonly string[]): readonly number[] {
  return words.filter((word) => isSame(text.slice(at, at + word.length), word)).map((word) => at + word.length);
}

function digitEnds(text: string, at: number, minDigits: number, maxDigits: number): readonly number[] {
  let count = 0;
  while (count < maxDigits && isDigit(text.charCodeAt(at + count))) count += 1;
  return Array.from({ length: Math.max(0, count - minDigits + 1) }, (_, i) => at + count - i);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function patternEnds(text: string, at: number, patterns: readonly RegExp[]): readonly number[] {
  const ends: number[] = [];
  for (const pattern of patterns) {
    pattern.lastIndex = at;
    if (pattern.test(text)) ends.push(pattern.lastIndex);
  }
  return ends;
}

/** A year of more than four digits has a sign. */
const yearPatterns = [/\+\d{5,9}/y, /-\d{4,9}/y, /\d{4}/y];
/** Sixty or more minutes are allowed here and nowhere else. */
const localized = /GMT(?:[+-]\d{1,2}(?::\d\d(?::\d\d)?)?)?/iy;
const fullLocalized = /GMT(?:[+-]\d\d:\d\d(?::\d\d)?)?/iy;
const noOffset = /Z/iy;
const hours = /[+-]\d\d/y;
const withMinutes = /[+-]\d\d\d\d/y;
const withColon = /[+-]\d\d:\d\d/y;
const withSeconds = /[+-]\d\d\d\d\d\d/y;
const withSecondsAndColons = /[+-]\d\d:\d\d:\d\d/y;

/** By the number of letters `X` or `x`. */
const offsets: readonly (readonly RegExp[])[] = [
  [],
  [withMinutes, hours],
  [withMinutes],
  [withColon],
  [withSeconds, withMinutes],
  [withSecondsAndColons, withColon],
];

function offsetPatterns(letter: string, width: number): readonly RegExp[] {
  const found = offsets[width] ?? [];
  if (letter === 'x') return found;
  if (letter === 'X' || width === 5) return [noOffset, ...found];
  return width === 4 ? [fullLocalized] : [withMinutes];
}

const region = /[A-Za-z_]+(?:\/[A-Za-z_+\-\d]+)*/y;

/** A region may end before each of its letters, because the pattern may continue with letters. */
function zoneEnds(text: string, at: number): readonly number[] {
  const ends = patternEnds(text, at, [noOffset, withSecondsAndColons, withColon]);
  const [longest = at] = patternEnds(text, at, [region]);
  return [
    ...ends,
    ...Array.from({ length: longest - at }, (_, i) => longest - i).filter((end) => text.charAt(end - 1) !== '/'),
  ];
}
