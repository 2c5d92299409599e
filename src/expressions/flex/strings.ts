/**
 * @module
 * String literals of Flex Gateway's grammar, in `'` or `"`.
 *
 * `$` starts an interpolation; a literal `$` is written `\$`. A string that consists of one interpolation, `"$(x)"`, is
 * `x` itself, of any type. The vendor compiles a string with more parts to an operation that its evaluator does not
 * know, so it never loads. It is a syntax error here.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { Literal, Node } from './ast.ts';
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

/** @returns the string as a literal, or the expression that the string interpolates */
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
      : plainString(scanner, plain, quote);
  if (content === undefined || !scanner.word(quote)) return undefined;
  return content.kind === 'literal' ? enclosed(scanner, content, start, quote) : content;
}

/**
 * The vendor resolves the escapes of `"$('it\'s')"` last, in the outer string: `\"` is the escaped quote there, and
 * `\'` keeps its two characters.
 */
function enclosed(scanner: FlexScanner, content: Literal, start: number, quote: string): Literal {
  const { escaped } = content;
  const place = { start, end: scanner.at };
  if (escaped === undefined) return { ...content, ...place };
  const raw = scanner.text.slice(escaped.from, escaped.to);
  return { ...content, ...place, value: resolveEscapes(scanner, raw, escaped.from, quote) };
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

function plainString(scanner: FlexScanner, plain: RegExp, quote: string): Literal {
  const start = scanner.at;
  const raw = scanner.text.charAt(start) === quote ? '' : (scanner.take(plain) ?? '');
  const place = { start, end: scanner.at, depth: 1 };
  if (!raw.includes('\\')) return { kind: 'literal', value: raw, ...place };
  return { kind: 'literal', value: raw, escaped: { from: start, to: scanner.at }, ...place };
}

/**
 * Resolves the escapes. An unknown escape such as `\q` keeps its two characters, and so does the escaped other quote.
 *
 * @throws LocatedError `dataweave.invalid-escape`: the vendor's compiler crashes on these
 */
function resolveEscapes(scanner: FlexScanner, raw: string, offset: number, quote: string): string {
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
        message:
          'The string contains an invalid escape sequence: `\\u` needs four hexadecimal digits, and no surrogate.',
        suggestion: 'Write the character itself, or `\\\\` for a backslash.',
      }),
    );
  }
  return String.fromCharCode(code);
}
