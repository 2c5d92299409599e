/**
 * @module
 * String literals of Flex Gateway's grammar, between `'` or `"`.
 *
 * `$` starts an interpolation and must be written `\$` otherwise. A string that is nothing but one interpolation,
 * `"$(x)"`, is `x` itself with its own type; one with more parts compiles at the vendor to an operation that its
 * evaluator does not know, so it does not load and is not read here.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { Node } from './ast.ts';
import type { FlexScanner } from './scanner.ts';

const plainParts: { readonly [quote: string]: RegExp } = {
  "'": /(?:[^'$\\]|\\.)+/suy,
  '"': /(?:[^"$\\]|\\.)+/suy,
};

const simpleEscapes: { readonly [letter: string]: string } = {
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  $: '$',
};

/** The string as a literal, or the one expression that it interpolates. */
export function readString(
  scanner: FlexScanner,
  expression: () => Node | undefined,
  reference: () => Node | undefined,
): Node | undefined {
  const start = scanner.at;
  const quote = scanner.text.charAt(start);
  const plain = plainParts[quote];
  if (plain === undefined || !scanner.word(quote)) {
    scanner.word("'");
    return undefined;
  }
  const content =
    scanner.text.charAt(scanner.at) === '$'
      ? interpolation(scanner, expression, reference)
      : plainText(scanner, plain, quote);
  if (content === undefined || !scanner.word(quote)) return undefined;
  return content.kind === 'literal' ? { ...content, start, end: scanner.at } : content;
}

/** "$(" Expression ")" | "$" Name */
function interpolation(
  scanner: FlexScanner,
  expression: () => Node | undefined,
  reference: () => Node | undefined,
): Node | undefined {
  if (!scanner.word('$(')) {
    scanner.word('$');
    return reference();
  }
  scanner.space();
  const inner = scanner.nested(expression);
  scanner.space();
  return inner !== undefined && scanner.word(')') ? inner : undefined;
}

function plainText(scanner: FlexScanner, plain: RegExp, quote: string): Node {
  const start = scanner.at;
  const raw = scanner.text.charAt(start) === quote ? '' : (scanner.take(plain) ?? '');
  return { kind: 'literal', value: resolveEscapes(scanner, raw, start, quote), start, end: scanner.at, depth: 1 };
}

/**
 * Resolves the escapes. `\q` that means nothing stays as its two characters, and so does the other kind of quote.
 *
 * @throws LocatedError `dataweave.invalid-escape`: the vendor's compiler crashes on these
 */
function resolveEscapes(scanner: FlexScanner, raw: string, offset: number, quote: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(
    /\\(?:u(.{0,4})|(.))/gsu,
    (whole: string, hex: string | undefined, letter: string | undefined, index: number) => {
      if (letter === undefined) return unicodeEscape(scanner, hex ?? '', offset + index);
      return letter === quote ? letter : (simpleEscapes[letter] ?? whole);
    },
  );
}

function unicodeEscape(scanner: FlexScanner, hex: string, offset: number): string {
  const code = /^[0-9A-Fa-f]{4}$/.test(hex) ? Number.parseInt(hex, 16) : Number.NaN;
  if (Number.isNaN(code) || (code >= 0xd800 && code <= 0xdfff)) {
    throw new LocatedError(
      problemAt(scanner.source, offset, 'dataweave.invalid-escape', {
        message: 'After \\u stand the four hexadecimal digits of a character that is not half of a surrogate pair.',
        suggestion: 'Write the character itself, or \\\\ where a backslash is meant.',
      }),
    );
  }
  return String.fromCharCode(code);
}
