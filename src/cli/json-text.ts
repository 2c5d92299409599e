/**
 * @module
 * JSON as commands print it.
 */

/**
 * `JSON.stringify` leaves some characters as they are that a terminal obeys, or that let a text look like another one:
 * C1 controls, and those that change the direction of writing. Names in vendors' files can have them.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(notShown, (character) =>
    Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(''),
  );
}

const notShown = /(?!\n)[\p{C}\u2028\u2029]/gu;

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
