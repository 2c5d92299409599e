/**
 * @module
 * The one rule for what is shown of a file: a string is repeated only if it is known to be harmless. A key that was
 * pasted at the wrong place may not look like a key, so nothing here depends on what a string looks like.
 *
 * A message may repeat a word of the product (`SourceText.knows`), a number, the name of something that exists, and a
 * plain name at a place where nobody would write a secret: `called`, `nameOr` and `plainNames` are for these. At a
 * place for keys, passwords and their names (`key`, `jws-crypto`, `ref` of `<Value>`), a name that does not resolve is
 * never repeated: the place of the problem and the names that exist are enough. `test/architecture/messages.ts` checks
 * every message; `shown-lines.ts` decides which lines of a file are shown.
 */

const plainName = /^[\w.-]{1,64}$/;

/** Whether a name may be shown, at a place where nobody would write a secret. */
export function isPlainName(name: string): boolean {
  return plainName.test(name);
}

/** `noun` with the name after it: "The variable `tenant`"; without the name if it is not plain. */
export function called(noun: string, name: string): string {
  return isPlainName(name) ? `${noun} \`${name}\`` : `${noun} that is named here`;
}

/** The name, or a placeholder in an example of what to write. */
export function nameOr(name: string, example: string): string {
  return isPlainName(name) ? name : example;
}

/** The plain names among `names`, which must exist, as a list. */
export function plainNames(names: Iterable<string>): string {
  return [...names].filter(isPlainName).join(', ');
}

/**
 * `The policies are: a, b.`, with the plain names among `names`, which must exist; undefined if there is no plain name.
 */
export function theyAre(what: string, names: Iterable<string>): string | undefined {
  const plain = plainNames(names);
  return plain === '' ? undefined : `The ${what} are: ${plain}.`;
}

/** `noun` with a path after it, from a place where nobody would write a secret: the file of a policy. */
export function calledFile(noun: string, path: string): string {
  return isPlainPath(path) ? `${noun} ${path}` : `${noun} that is named here`;
}

/** Whether a path may be shown, at a place where nobody would write a secret. */
export function isPlainPath(path: string): boolean {
  return path.split(/[\\/]/).every((part) => part === '' || isPlainName(part));
}
