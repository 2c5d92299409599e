/**
 * @module
 * The suffixes of an operand: selectors, calls, and the tests `?` and `!` at the end.
 */

import { readString } from './literals.ts';
import type { Grammar, Reader } from './reader.ts';
import type { Node, NodeBody, SelectorKind } from './syntax.ts';

/** Selectors :: Primary ( `.` … | `[` … `]` | `(` arguments `)` )* ( `?` | `!` )? */
export function readSelectors(grammar: Grammar, primary: Node): Node {
  let node = primary;
  for (;;) {
    const next =
      readCall(grammar, node) ??
      readInterpolation(grammar, node) ??
      readDotted(grammar, node) ??
      readBracketed(grammar, node);
    if (next === undefined) return readTest(grammar, node);
    node = next;
  }
}

function readTest({ reader }: Grammar, target: Node): Node {
  if (target.kind !== 'select' || target.isEnclosed === true) return target;
  const { at } = reader;
  if (reader.take(/\?/y) !== undefined) return last(reader, { kind: 'exists', target, at }, target);
  if (reader.take(/!(?!=)/y) !== undefined) return last(reader, { kind: 'assert', target }, target);
  return target;
}

/** No selector follows a test, not even one of the `if` whose last branch it ends. */
function last(reader: Reader, body: NodeBody, target: Node): Node {
  if (reader.isNext('[', true) || reader.isNext('.', true)) throw reader.unexpected('an operator or the end');
  return reader.node(target.start, body, target);
}

/**
 * Call :: Callee `(` ( Expression ( `,` Expression )* )? `)`     whitespace before the parenthesis is allowed if
 * the callee is a name
 */
function readCall(grammar: Grammar, callee: Node): Node | undefined {
  const { reader } = grammar;
  if (!reader.isNext('(', callee.kind === 'name')) return undefined;
  reader.expect('(');
  const values: Node[] = [];
  while (!reader.symbol(')')) {
    if (values.length > 0 && !reader.symbol(',')) throw reader.unexpected('`,` or `)`');
    values.push(reader.nested(() => grammar.expression()));
  }
  return reader.node(callee.start, { kind: 'call', callee, arguments: values, isInfix: false }, callee, ...values);
}

/** Interpolation :: Name String in backticks     a call with two arrays: the strings, and the values between them */
function readInterpolation(grammar: Grammar, callee: Node): Node | undefined {
  const { reader } = grammar;
  if (callee.kind !== 'name' || !reader.looksAt(/[ \t]*`/y)) return undefined;
  reader.space();
  const start = reader.at;
  const text = readString(grammar);
  const parts = text?.kind === 'text' ? text.parts : text?.kind === 'literal' ? [String(text.value)] : [];
  const texts: string[] = [''];
  const values: Node[] = [];
  for (const part of parts) {
    if (typeof part === 'string') texts[texts.length - 1] = part;
    else {
      values.push(part);
      texts.push('');
    }
  }
  const literals = texts.map((value) => reader.node(start, { kind: 'literal', value }));
  const lists = [literals, values].map((items) =>
    reader.node(
      start,
      {
        kind: 'array',
        items: items.map((value) => ({ value, condition: undefined, start, end: start })),
        trailingComma: undefined,
      },
      ...items,
    ),
  );
  return reader.node(callee.start, { kind: 'call', callee, arguments: lists, isInfix: false }, callee, ...lists);
}

const dotted: readonly (readonly [symbols: RegExp, how: SelectorKind])[] = [
  [/\.\.\*/y, 'descendants'],
  [/\.\.&/y, 'descendantPairs'],
  [/\.\.@/y, 'attributesBelow'],
  [/\.\.(?!\.)/y, 'descendant'],
  [/\.\*@/y, 'attributes'],
  [/\.\*/y, 'multi'],
  [/\.&/y, 'pair'],
  [/\.@\*?/y, 'attributes'],
  [/\.#/y, 'namespace'],
  [/\./y, 'value'],
];

function readDotted(grammar: Grammar, target: Node): Node | undefined {
  const { reader } = grammar;
  const before = reader.at;
  reader.space();
  if (reader.looksAt(/\.\^/y)) {
    throw reader.fail(
      'dataweave.unsupported',
      'Metadata selectors, `.^name`, are not supported: values have no metadata.',
    );
  }
  const { at } = reader;
  for (const [symbols, how] of dotted) {
    if (reader.take(symbols) === undefined) continue;
    const key = readKey(grammar, how);
    return reader.node(target.start, { kind: 'select', how, target, key, at }, target, key);
  }
  reader.at = before;
  return undefined;
}

/** Selectors that select everything if they have no name. */
const withoutName: ReadonlySet<SelectorKind> = new Set([
  'descendant',
  'descendants',
  'attributes',
  'attributesBelow',
  'namespace',
]);

function readKey(grammar: Grammar, how: SelectorKind): Node {
  const { reader } = grammar;
  const start = reader.at;
  const quoted = readString(grammar);
  if (quoted !== undefined) return quoted;
  if (!reader.looksAt(/[A-Za-z]/y)) {
    if (withoutName.has(how)) return reader.node(start, { kind: 'literal', value: null });
    throw reader.unexpected('the name of a member', "A name that is not a word needs quotes: `.'a b'`.");
  }
  const name = reader.name("the name of a member; a reserved word needs quotes, `.'default'`");
  if (reader.looksAt(/#/y))
    throw reader.fail('dataweave.unsupported', 'Namespaces are not supported: they belong to XML.');
  return reader.node(start, { kind: 'literal', value: name });
}

const bracketed: readonly (readonly [symbol: RegExp, how: SelectorKind])[] = [
  [/\*/y, 'multi'],
  [/&/y, 'pair'],
  [/@/y, 'attributes'],
];

/** Bracketed :: `[` ( `?` `(` Expression `)` | Expression ) `]` */
function readBracketed(grammar: Grammar, target: Node): Node | undefined {
  const { reader } = grammar;
  if (!reader.isNext('[', true)) return undefined;
  reader.expect('[');
  const at = reader.at - 1;
  reader.space();
  if (reader.take(/\?/y) !== undefined) return readFilter(grammar, target, at);
  const how = bracketed.find(([symbol]) => reader.take(symbol) !== undefined)?.[1] ?? 'value';
  const key = how === 'attributes' ? readKey(grammar, 'value') : readBracketedKey(grammar);
  if (!reader.symbol(']')) {
    const isMore = reader.at < reader.text.length;
    throw reader.unexpected(
      '`]`',
      isMore ? 'An expression that begins with a string needs parentheses here.' : undefined,
    );
  }
  return reader.node(target.start, { kind: 'select', how, target, key, at }, target, key);
}

function readBracketedKey(grammar: Grammar): Node {
  return readString(grammar) ?? grammar.reader.nested(() => grammar.expression());
}

function readFilter(grammar: Grammar, target: Node, at: number): Node {
  const { reader } = grammar;
  reader.expect('(');
  const condition = reader.nested(() => grammar.expression());
  reader.expect(')');
  reader.expect(']');
  return reader.node(target.start, { kind: 'filter', target, condition, at }, target, condition);
}
