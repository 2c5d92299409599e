/**
 * @module
 * What the texts that a regular expression matches begin with, as far as that is plain to see, so that two expressions
 * that never match the same text are known. Whatever is not plain may match everything.
 */

/** One alternative of an expression. */
export interface Beginning {
  /** In lower case. */
  readonly text: string;
  /** Whether only the text itself matches. */
  readonly isWhole: boolean;
}

/** A character that stands for itself. */
const literal = String.raw`(?:[\w/~-]|\\[./-])`;
/** A text, with everything below it or without: `GET`, `/orders/.*`, `/orders(/.*)?`. */
const alternative = new RegExp(String.raw`^(${literal}*)(\.\*|\(/\.\*\)\??)?$`);
/** Characters that are not repeated or optional. */
const start = new RegExp(`^(?:${literal}(?![*?+{]))*`);

/** An expression with more may match everything. @internal Exported for the test of the limit. */
export const maxAlternatives = 32;

/** One of them is the beginning of every text that the expression matches. */
export function beginningsOf(source: string): readonly Beginning[] {
  const expression = source.replace(/^\^/, '').replace(/\$$/, '');
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(expression)?.[1] ?? expression;
  const plain = inner.split('|', maxAlternatives + 1).map((part) => alternative.exec(part));
  if (plain.length <= maxAlternatives && plain.every((found) => found !== null)) {
    return plain.map(([, text = '', rest]) => ({ text: textOf(text), isWhole: rest === undefined }));
  }
  const [begin = ''] = expression.includes('|') ? [] : (start.exec(expression) ?? []);
  return [{ text: textOf(begin), isWhole: false }];
}

function textOf(text: string): string {
  return text.replaceAll('\\', '').toLowerCase();
}

/** Whether no text matches both expressions, in any case of letters. */
export function areDisjoint(a: readonly Beginning[], b: readonly Beginning[]): boolean {
  return a.every((one) => b.every((other) => !mayMatch(one, other) && !mayMatch(other, one)));
}

/** Whether a text that `one` matches may begin with the text of `other`. */
function mayMatch(one: Beginning, other: Beginning): boolean {
  return other.isWhole ? one.text === other.text : one.text.startsWith(other.text);
}
