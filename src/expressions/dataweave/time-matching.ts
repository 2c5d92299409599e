/**
 * @module
 * Finds the fields of a Java date pattern in a text.
 *
 * By hand, and not by one regular expression: a text and a pattern with many optional parts have more ways to be read
 * than could ever be tried. Whether the rest of the text follows the rest of the pattern does not depend on the way
 * there, so that no place is tried twice.
 */
import { dayNames, eraNames, monthNames, type PatternPart } from './time-format.ts';

/** A field's letter and its text. */
export type FoundField = readonly [letter: string, text: string];

/** Undefined where the text does not follow the pattern to its end. */
export function fieldsIn(text: string, parts: readonly PatternPart[]): readonly FoundField[] | undefined {
  return new Matcher(text, parts).matched();
}

class Matcher {
  readonly #text: string;
  readonly #parts: readonly PatternPart[];
  /** From where the rest of the pattern does not fit, by part and place. */
  readonly #failed = new Set<number>();
  readonly #found: FoundField[] = [];

  constructor(text: string, parts: readonly PatternPart[]) {
    this.#text = text;
    this.#parts = parts;
  }

  matched(): readonly FoundField[] | undefined {
    return this.#follows(0, 0) ? this.#found : undefined;
  }

  #follows(index: number, at: number): boolean {
    const state = index * (this.#text.length + 1) + at;
    if (this.#failed.has(state)) return false;
    const part = this.#parts[index];
    const isThere = part === undefined ? at === this.#text.length : this.#takes(part, index, at);
    if (!isThere) this.#failed.add(state);
    return isThere;
  }

  #takes(part: PatternPart, index: number, at: number): boolean {
    switch (part.kind) {
      case 'text':
        return (
          isSame(this.#text.slice(at, at + part.text.length), part.text) &&
          this.#follows(index + 1, at + part.text.length)
        );
      case 'optional':
        return this.#follows(index + 1, at) || (part.isStart && this.#follows(endOf(this.#parts, index), at));
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
      if (this.#follows(index + 1, end)) return true;
      this.#found.pop();
    }
    return false;
  }
}

function isSame(text: string, other: string): boolean {
  return text.toLowerCase() === other.toLowerCase();
}

/** Behind the bracket that closes the one at this place; one that is never closed ends with the pattern. */
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

/** Whether digits follow, so that a field as wide as it likes must leave them some. */
function isNumeric(part: PatternPart | undefined): boolean {
  if (part?.kind !== 'field') return false;
  return !'aEGXxZOVz'.includes(part.letter) && !('MLQq'.includes(part.letter) && part.width >= 3);
}

/** Where a field may end that begins at this place, the longest first as far as one is tried before another. */
function endsOf(text: string, at: number, letter: string, width: number, isAdjacent: boolean): Iterable<number> {
  const words = wordsOf(letter, width);
  if (words !== undefined) return wordEnds(text, at, words);
  if ('XxZ'.includes(letter)) return patternEnds(text, at, offsetPatterns(letter, width));
  if (letter === 'O') return patternEnds(text, at, [width === 4 ? fullLocalized : localized]);
  if ('Vz'.includes(letter)) return zoneEnds(text, at);
  if ('yu'.includes(letter) && width === 4 && !isAdjacent) return patternEnds(text, at, yearPatterns);
  if ('yu'.includes(letter) && width === 1 && text.charAt(at) === '-') return digitEnds(text, at + 1, 1, 9);
  if (width === 1) return digitEnds(text, at, 1, isAdjacent ? 2 : 9);
  return digitEnds(text, at, width, width);
}

/** What a field is one of, where it is written in letters. */
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

function digitEnds(text: string, at: number, least: number, most: number): readonly number[] {
  let count = 0;
  while (count < most && isDigit(text.charCodeAt(at + count))) count += 1;
  return Array.from({ length: Math.max(0, count - least + 1) }, (_, i) => at + count - i);
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

/** More than four digits have a sign. */
const yearPatterns = [/\+\d{5,9}/y, /-\d{4,9}/y, /\d{4}/y];
/** Sixty minutes are an hour here, and nowhere else. */
const localized = /GMT(?:[+-]\d{1,2}(?::\d\d)?)?/iy;
const fullLocalized = /GMT(?:[+-]\d\d:\d\d)?/iy;
const noOffset = /Z/iy;
const hours = /[+-]\d\d/y;
const withMinutes = /[+-]\d\d\d\d/y;
const withColon = /[+-]\d\d:\d\d/y;

function offsetPatterns(letter: string, width: number): readonly RegExp[] {
  if (letter === 'Z' && width === 4) return [fullLocalized];
  const isNarrow = letter !== 'Z' && width === 1;
  const hasColon = width === 5 || (letter !== 'Z' && width === 3);
  const offsets = isNarrow ? [withMinutes, hours] : [hasColon ? withColon : withMinutes];
  return letter === 'X' || (letter === 'Z' && width === 5) ? [noOffset, ...offsets] : offsets;
}

const region = /[A-Za-z_]+(?:\/[A-Za-z_+\-\d]+)*/y;

/** A region may end before each of its letters, so that others can follow. */
function zoneEnds(text: string, at: number): readonly number[] {
  const ends = patternEnds(text, at, [noOffset, withColon]);
  const [longest = at] = patternEnds(text, at, [region]);
  return [
    ...ends,
    ...Array.from({ length: longest - at }, (_, i) => longest - i).filter((end) => text.charAt(end - 1) !== '/'),
  ];
}
