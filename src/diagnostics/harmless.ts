/**
 * @module
 * The one rule for what is shown of a file: a string of it is repeated only where it is known to be harmless. A key that
 * was pasted at the wrong place does not look like one, so nothing here asks what a string looks like.
 *
 * In a message, harmless is a word of the product (`SourceText.knows`), a number, the name of something that exists, and a
 * plain name at a place where nobody would write a secret: `called`, `nameOr` and `plainNames` are for these. At a place
 * for keys, passwords and their names (`key`, `jws-crypto`, `ref` of `<Value>`), a name that does not resolve is never
 * repeated: the problem's place and the names that exist tell enough. `test/architecture/messages.ts` holds every message
 * to this; which lines of a file are shown is settled in `shown-lines.ts`.
 */

const plainName = /^[\w.-]{1,64}$/;

/** Whether a name, at a place where nobody would write a secret, may be shown. */
export function isPlainName(name: string): boolean {
  return plainName.test(name);
}

/** `noun` with the name behind it: "The variable `tenant`"; without it where the name is not plain. */
export function called(noun: string, name: string): string {
  return isPlainName(name) ? `${noun} \`${name}\`` : `${noun} that is named here`;
}

/** The name, or what stands for it in an example of what to write. */
export function nameOr(name: string, example: string): string {
  return isPlainName(name) ? name : example;
}

/** The plain ones among names that exist, as a list. */
export function plainNames(names: Iterable<string>): string {
  return [...names].filter(isPlainName).join(', ');
}

/** `noun` with a path behind it that stands where nobody would write a secret: the file of a policy. */
export function calledFile(noun: string, path: string): string {
  return path.split(/[\\/]/).every((part) => part === '' || isPlainName(part))
    ? `${noun} ${path}`
    : `${noun} that is named here`;
}
