/**
 * @module
 * Object and array literals.
 */

import { readString } from './literals.ts';
import type { Grammar } from './reader.ts';
import type { ArrayItem, Node, ObjectField } from './syntax.ts';

/** Array :: `[` ( Item ( `,` Item )* `,`? )? `]`          Item :: Expression ( `if` Expression )? */
export function readArray(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  const start = reader.at;
  if (!reader.looksAt(/\[/y)) return undefined;
  reader.expect('[');
  const items: ArrayItem[] = [];
  let trailingComma: number | undefined;
  while (!reader.symbol(']')) {
    if (items.length > 0) {
      if (!reader.symbol(',')) throw reader.unexpected('`,` or `]`');
      trailingComma = reader.at - 1;
      if (reader.symbol(']')) break;
      trailingComma = undefined;
    }
    reader.space();
    const at = reader.at;
    const value = reader.nested(() => grammar.expression());
    const place = { start: at, end: reader.at };
    items.push({ ...(conditionalPairAt(at, value) ?? { value, condition: readCondition(grammar) }), ...place });
  }
  return reader.node(
    start,
    { kind: 'array', items, trailingComma },
    ...items.flatMap(({ value, condition }) => [value, condition]),
  );
}

/** In an array, `(name: value) if condition` leaves out the item; elsewhere it makes an empty object. */
function conditionalPairAt(start: number, node: Node): Omit<ArrayItem, 'start' | 'end'> | undefined {
  if (node.kind !== 'object' || node.start !== start) return undefined;
  const [field] = node.fields;
  if (field?.condition === undefined || !node.isBare) return undefined;
  return { value: { ...node, fields: [{ ...field, condition: undefined }] }, condition: field.condition };
}

/** Object :: `{` ( Field ( `,` Field )* `,`? )? `}` */
export function readObject(grammar: Grammar): Node {
  const { reader } = grammar;
  const start = reader.at;
  reader.expect('{');
  const fields: ObjectField[] = [];
  while (!reader.symbol('}')) {
    if (fields.length > 0) {
      if (!reader.symbol(',')) throw reader.unexpected('`,` or `}`');
      if (reader.symbol('}')) break;
    }
    fields.push(reader.nested(() => readField(grammar)));
  }
  return reader.node(start, { kind: 'object', fields }, ...fields.flatMap(nodesOf));
}

function nodesOf(field: ObjectField): (Node | undefined)[] {
  return field.kind === 'member' ? [field.key, field.value, field.condition] : [field.value, field.condition];
}

/**
 * Field :: Key `:` Expression | `(` Key `:` Expression `)` ( `if` … )? | `(` Expression `)` ( `:` Expression | `if` …
 * )?
 */
function readField(grammar: Grammar): ObjectField {
  const { reader } = grammar;
  if (!reader.symbol('(')) return readMember(grammar, readKey(grammar));
  const key = keyBeforeColon(grammar);
  if (key !== undefined) {
    const { value } = readMember(grammar, key);
    reader.expect(')');
    return { kind: 'member', key, value, condition: readCondition(grammar) };
  }
  const inner = grammar.expression();
  reader.expect(')');
  refuseAttributes(grammar);
  if (reader.symbol(':')) return { kind: 'member', key: inner, value: grammar.expression(), condition: undefined };
  return { kind: 'spread', value: inner, condition: readCondition(grammar) };
}

function readMember(grammar: Grammar, key: Node): ObjectField & { kind: 'member' } {
  refuseAttributes(grammar);
  grammar.reader.expect(':');
  return { kind: 'member', key, value: grammar.expression(), condition: undefined };
}

/** Pair :: Key `:` Expression     an object with a single member, without braces */
export function readPair(grammar: Grammar, start: number, key: Node): Node {
  const { reader } = grammar;
  const member = reader.nested(() => readMember(grammar, key));
  return reader.node(start, { kind: 'object', fields: [member], isBare: true }, key, member.value);
}

/** Conditional :: `(` Pair `)` `if` Expression */
export function readConditional(grammar: Grammar, start: number, inner: Node): Node | undefined {
  if (inner.kind !== 'object' || inner.isBare !== true) return undefined;
  const [pair] = inner.fields;
  const condition = pair === undefined || pair.condition !== undefined ? undefined : readCondition(grammar);
  if (pair === undefined || condition === undefined) return undefined;
  const { reader } = grammar;
  return reader.node(start, { kind: 'object', fields: [{ ...pair, condition }], isBare: true }, inner, condition);
}

/** Reads a name or string if a colon follows. */
export function keyBeforeColon(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  reader.space();
  if (!reader.looksAt(/(?:[A-Za-z]\w*|'[^'\\$]*'|"[^"\\$]*")\s*(?:@\(|:(?!:))/y)) return undefined;
  return readKey(grammar);
}

function readKey(grammar: Grammar): Node {
  const { reader } = grammar;
  reader.space();
  const start = reader.at;
  const quoted = readString(grammar);
  if (quoted !== undefined) return quoted;
  const name = reader.name('the name of a member');
  if (reader.looksAt(/#/y))
    throw reader.fail('dataweave.unsupported', 'Namespaces are not supported: they belong to XML.');
  return reader.node(start, { kind: 'literal', value: name });
}

/** Refuses attributes, `@(name: value)`, which only XML has. */
function refuseAttributes(grammar: Grammar): void {
  const { reader } = grammar;
  reader.space();
  if (!reader.looksAt(/@\(/y)) return;
  throw reader.fail(
    'dataweave.unsupported',
    'Attributes, `@(…)`, are not supported: they belong to XML, and JSON is the only format.',
    'Remove them.',
  );
}

function readCondition(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  if (!reader.word('if')) return undefined;
  return grammar.guard();
}
