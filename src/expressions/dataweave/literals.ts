/**
 * @module
 * Literals: numbers, strings with interpolation, regular expressions and dates.
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

/** Runs of characters without a special meaning, by quote. */
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

/** String :: characters between `'`, `"` or backticks, with `$name` and `$(expression)` */
export function readString(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  const start = reader.at;
  const quote = reader.text.charAt(start);
  const pattern = plain[quote];
  if (pattern === undefined) return undefined;
  const characters = () => readCharacters(grammar, quote, pattern, start);
  reader.at += 1;
  let text = characters();
  const at = reader.at;
  const parts: (string | Node)[] = [];
  while (reader.text.charAt(reader.at) !== quote) {
    if (text !== '') parts.push(text);
    parts.push(readInterpolated(grammar));
    text = characters();
  }
  reader.at += 1;
  if (parts.length === 0) return reader.node(start, { kind: 'literal', value: text });
  if (text !== '') parts.push(text);
  return reader.node(start, { kind: 'text', parts, at }, ...parts.filter((part) => typeof part !== 'string'));
}

/** Reads up to the closing quote or a `$`. */
function readCharacters(grammar: Grammar, quote: string, pattern: RegExp, start: number): string {
  const { reader } = grammar;
  let text = '';
  for (;;) {
    text += reader.take(pattern) ?? '';
    const next = reader.text.charAt(reader.at);
    if (next === '') throw reader.fail('dataweave.unexpected-token', 'The string is not closed.', undefined, start);
    if (next !== '\\') return text;
    text += readEscape(grammar, quote);
  }
}

/** A backslash before any other character remains. */
function readEscape(grammar: Grammar, quote: string): string {
  const { reader } = grammar;
  const next = reader.text.charAt(reader.at + 1);
  if (next === 'u') return readUnicodeEscape(grammar, quote);
  reader.at += Math.min(2, reader.text.length - reader.at);
  return next === quote ? quote : (escapes[next] ?? `\\${next}`);
}

/**
 * `\u` takes the next four characters, or as many as the text has before the quote or a `$`. Java's `Integer.parseInt`
 * reads them, and so takes a sign.
 */
function readUnicodeEscape({ reader }: Grammar, quote: string): string {
  const start = reader.at + 2;
  const next = reader.text.slice(start, start + 4);
  const end = next.search(quote === "'" ? /['$]/ : quote === '"' ? /["$]/ : /[`$]/);
  const digits = end === -1 ? next : next.slice(0, end);
  if (!/^[+-]?[0-9a-fA-F]+$/.test(digits))
    throw reader.fail('dataweave.invalid-escape', 'The escape sequence `\\u` needs four hexadecimal digits.');
  reader.at = start + digits.length;
  return String.fromCharCode(Number.parseInt(digits, 16));
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
  if (name !== undefined && /^[A-Za-z]/.test(name) && reader.looksAt(/\(/y)) {
    throw reader.fail(
      'dataweave.unexpected-token',
      'A call in a string needs parentheses around it.',
      'Write `$(…)` around the call, or `$(…)` around the name before a parenthesis.',
    );
  }
  if (name !== undefined) return reader.node(start, { kind: 'name', name: name.startsWith('$') ? `$${name}` : name });
  return reader.node(start, { kind: 'name', name: '$' });
}

/** Regex :: `/…/`, with `\/` for a slash inside */
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
    `\`${found}\` is not a valid date, time, time zone or period.`,
    'Valid examples are `|2026-01-31|`, `|2026-01-31T10:00:00Z|` and `|P1D|`.',
    start,
  );
}
