/**
 * @module
 * Lists of names in a sentence, limited in length.
 */

/** Maximum number of names in a list. */
const maxNames = 20;

/** `a, b and 37 more`. */
export function listed(names: readonly string[], max: number = maxNames): string {
  const shown = names.slice(0, max).join(', ');
  return names.length > max ? `${shown} and ${names.length - max} more` : shown;
}
