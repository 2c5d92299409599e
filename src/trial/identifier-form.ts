/**
 * @module
 * The form of an identifier that is random, so that two of them can be compared.
 */

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A shorter text of digits may be a word or a number, and random hexadecimal digits may lack letters. */
const shortest = 20;

/** `a UUID of version 4`; undefined if the text has no form that random identifiers have. */
export function formOf(text: string): string | undefined {
  const version = uuid.exec(text)?.[1];
  if (version !== undefined) return `a UUID of version ${version}${letterCase(text)}`;
  if (text.length < shortest) return undefined;
  if (/^\d+$/.test(text)) return `${text.length} digits`;
  if (/^[0-9a-f]+$/i.test(text)) return `${text.length} hexadecimal digits${letterCase(text)}`;
  return undefined;
}

/** Digits alone, which are rare, count as lower case. */
function letterCase(text: string): string {
  if (/[a-f]/.test(text)) return /[A-F]/.test(text) ? ' in mixed case' : '';
  return /[A-F]/.test(text) ? ' in upper case' : '';
}
