/**
 * @module
 * JSON as commands print it.
 */
import { bracketOfOrder } from '../diagnostics/printable.ts';

/**
 * `JSON.stringify` leaves some characters as they are that a terminal obeys, or that let a text look like another one:
 * C1 controls, and those that change the direction of writing. Names in vendors' files can have them. The start of an
 * order to a CI system, `##[` or `##vso[`, can be inside of strings only, where its bracket has another spelling, too.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .replace(notShown, (character) =>
      Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(''),
    )
    .replace(bracketOfOrder, (start) => `${start.slice(0, -1)}${escaped(start.charCodeAt(start.length - 1))}`);
}

const notShown = /(?!\n)[\p{C}\u2028\u2029]/gu;

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
