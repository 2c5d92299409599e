/**
 * @module
 * Literals that have a syntax of their own inside: strings with what is interpolated, regular expressions, dates.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { type Num, parseNumber } from './numbers.ts';
import type { Grammar } from './reader.ts';
import { compileRegex } from './regex.ts';
import type { Node } from './syntax.ts';
import { parseTimeLiteral } from './time-reading.ts';

/** Number :: `-`? digits ( `.` digits )? ( `e` digits )? */
export function readNumber({ reader }: Grammar, pattern: RegExp): Num | undefined {
  const start = reader.at;
  const text = reader.take(pattern);
  if (text === undefined) return undefined;
  try {
    const found = parseNumber(text);
    if (found !== undefined) return found;
  } catch (error) {
    if (!(error instanceof MintError)) throw error;
  }
  throw reader.fail('dataweave.number-too-long', 'The number has too many digits.', undefined, start);
}

const plain: Readonly<Record<string, RegExp>> = { "'": /[^'\\$]+/y, '"': /[^"\\$]+/y, '`': /[^`\\$]+/y };

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  '/': '/',
  $: '$',
};

/** String :: a text between `'`, `"` or backticks, with `$name` and `$(expression)` in it */
export function readString(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  const quote = reader.text.charAt(reader.at);
  const text = plain[quote];
  if (text === undefined) return undefined;
  const start = reader.at;
  reader.at += 1;
  const parts: (string | Node)[] = [];
  let at: number | undefined;
  let literal = '';
  for (;;) {
    literal += reader.take(text) ?? '';
    const next = reader.text.charAt(reader.at);
    if (next === '') throw reader.fail('dataweave.unexpected-token', 'The string has no end.', undefined, start);
    if (next === quote) break;
    if (next === '\\') literal += readEscape(grammar, quote);
    else {
      at ??= reader.at;
      const part = readInterpolated(grammar);
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(part);
    }
  }
  reader.at += 1;
  if (at === undefined) return reader.node(start, { kind: 'literal', value: literal });
  if (literal !== '') parts.push(literal);
  return reader.node(start, { kind: 'text', parts, at }, ...parts.filter((part) => typeof part !== 'string'));
}

/** A backslash before a character that needs none stays. */
function readEscape({ reader }: Grammar, quote: string): string {
  const code = reader.take(/\\u[0-9a-fA-F]{4}/y);
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code.slice(2), 16));
  const next = reader.text.charAt(reader.at + 1);
  if (next === 'u') throw reader.fail('dataweave.invalid-escape', 'Four hexadecimal digits follow `\\u`.');
  reader.at += Math.min(2, reader.text.length - reader.at);
  return next === quote ? quote : (escapes[next] ?? `\\${next}`);
}

function readInterpolated(grammar: Grammar): Node {
  const { reader } = grammar;
  const start = reader.at;
  if (reader.take(/\$\(/y) !== undefined) {
    const inner = reader.nested(() => grammar.expression());
    reader.expect(')');
    return inner;
  }
  reader.at += 1;
  const name = reader.take(/[A-Za-z][A-Za-z0-9_]*|\$+/y);
  if (name !== undefined) return reader.node(start, { kind: 'name', name: name.startsWith('$') ? `$${name}` : name });
  return reader.node(start, { kind: 'name', name: '$' });
}

/** Regex :: `/…/`, where a slash inside is `\/` */
export function readRegex({ reader }: Grammar): Node | undefined {
  const start = reader.at;
  const found = reader.take(/\/(?:[^/\\\n]|\\.)+\//y);
  if (found === undefined) return undefined;
  const value = compileRegex(found.slice(1, -1).replaceAll('\\/', '/'));
  if ('problem' in value) throw reader.fail('dataweave.regex', value.problem, value.suggestion, start);
  return reader.node(start, { kind: 'literal', value: value.regex });
}

/** Date :: `|…|` */
export function readDate({ reader }: Grammar): Node | undefined {
  const start = reader.at;
  const found = reader.take(/\|[^|\n]+\|/y);
  if (found === undefined) return undefined;
  const value = parseTimeLiteral(found.slice(1, -1));
  if (value !== undefined) return reader.node(start, { kind: 'literal', value });
  throw reader.fail(
    'dataweave.unexpected-token',
    `\`${found}\` is neither a date, a time, a time zone nor a period.`,
    'Write for example `|2026-01-31|`, `|2026-01-31T10:00:00Z|` or `|P1D|`.',
    start,
  );
}
