/**
 * @module
 * Names in a sentence: all of a few, the first of many.
 */

/** Names that one list shows. */
const mostNames = 20;

/** `a, b and 37 more`. */
export function listed(names: readonly string[], most: number = mostNames): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
