/**
 * @module
 * Searches, splits and replaces by a string or a regular expression, with all steps charged.
 */
import type { Meter } from '../bounds.ts';
import { findAll, type Match } from '../regex.ts';
import { FunctionValue, type RegexValue, type Value } from '../values.ts';

/** The places of a string in another one, without overlaps. An empty string is found before each character. */
export function placesOf(text: string, part: string, meter: Meter): readonly number[] {
  if (part === '') return Array.from(meter.characters(text), (_, at) => at);
  const places: number[] = [];
  meter.chargeSearch(text, part);
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) {
    meter.charge(1);
    places.push(at);
  }
  return meter.items(places);
}

/** The parts between the matches, without empty parts at the end. An empty match at the start is ignored. */
export function splitByMatches(text: string, matches: readonly Match[]): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of matches) {
    if (end === 0 || (start === end && start === text.length)) continue;
    parts.push(text.slice(from, start));
    from = end;
  }
  parts.push(text.slice(from));
  return parts.length === 1 ? parts : withoutEmptyEnd(parts);
}

export function withoutEmptyEnd(parts: readonly string[]): readonly string[] {
  let end = parts.length;
  while (end > 0 && parts[end - 1] === '') end -= 1;
  return parts.slice(0, end);
}

/** Replaces each match by the result of `make`. The length is checked before each addition. */
export function replaceMatches(
  text: string,
  matches: readonly Match[],
  make: (match: Match, index: number) => string,
  meter: Meter,
): string {
  let made = '';
  let from = 0;
  matches.forEach((match, i) => {
    const piece = text.slice(from, match.start) + make(match, i);
    meter.textOf(made.length + piece.length);
    made += piece;
    from = match.end;
  });
  return meter.text(made + text.slice(from));
}

function asMatches(places: readonly number[], part: string): readonly Match[] {
  return places.map((start) => ({ groups: [part], start, end: start + part.length }));
}

export function matchesOf(text: string, what: string | RegexValue, meter: Meter): readonly Match[] {
  if (typeof what !== 'string') return findAll(what, text, meter);
  const places = placesOf(text, what, meter);
  return asMatches(what === '' ? [...places, text.length] : places, what);
}

/** The result of `text replace pattern`: a function that `with` calls with the function that makes the replacements. */
export function replacer(replace: (make: FunctionValue) => Value): FunctionValue {
  return new FunctionValue('replace', 1, 1, ([make = null]) => (make instanceof FunctionValue ? replace(make) : null));
}
