/**
 * @module
 * The syntax of types, after `as`, `is` and the colon of a parameter.
 */
import { readNumber, readString } from './literals.ts';
import type { Grammar } from './reader.ts';
import type { FieldNode, ParameterNode, TypeNode, TypeParameter } from './syntax.ts';
import { ObjectBuilder, type ObjectValue } from './values.ts';

/** `{format: …}` after a name belongs to the type. After `as` it belongs to the conversion, and may be computed. */
type Braces = 'of the type' | 'of the conversion';

/** Type :: Intersection ( `|` Intersection )*          Intersection :: One ( `&` One )* */
export function readType(grammar: Grammar, braces: Braces = 'of the type'): TypeNode {
  return list(grammar, /\|(?![|}])/y, 'union', () =>
    list(grammar, /&/y, 'intersection', () => readAnnotated(grammar, braces)),
  );
}

function list({ reader }: Grammar, separator: RegExp, kind: 'union' | 'intersection', read: () => TypeNode): TypeNode {
  const first = read();
  const of = [first];
  for (;;) {
    reader.space();
    if (reader.take(separator) === undefined) break;
    of.push(read());
  }
  return of.length === 1 ? first : { kind, of: of.flatMap((one) => (one.kind === kind ? one.of : [one])) };
}

function readAnnotated(grammar: Grammar, braces: Braces): TypeNode {
  const { reader } = grammar;
  const type = readOne(grammar);
  reader.space();
  if (braces === 'of the conversion' || !reader.looksAt(/\{(?!\|)/y)) return type;
  return { kind: 'annotated', type, metadata: readMetadata(grammar) };
}

/** Metadata :: `{` ( Name `:` Literal `,`? )* `}` */
function readMetadata(grammar: Grammar): ObjectValue {
  const { reader } = grammar;
  const made = new ObjectBuilder();
  reader.expect('{');
  while (!reader.symbol('}')) {
    reader.space();
    const quoted = reader.looksAt(plainString) ? readString(grammar) : undefined;
    const name = quoted?.kind === 'literal' ? String(quoted.value) : reader.name('the name of a member');
    reader.expect(':');
    reader.space();
    const value = readLiteralType(grammar);
    if (value?.kind !== 'literal') {
      const message = 'A value in the braces of a type must be a string, number or boolean literal.';
      throw reader.fail('dataweave.unsupported', message, 'Write a literal, or use the braces after `as`.');
    }
    made.add(name, value.value);
    reader.symbol(',');
  }
  return made.build();
}

function readOne(grammar: Grammar): TypeNode {
  const { reader } = grammar;
  reader.space();
  if (reader.looksAt(/\{/y)) return readObjectType(grammar);
  if (reader.looksAt(/\(/y)) return readParenthesised(grammar);
  return readLiteralType(grammar) ?? readNamed(grammar);
}

/**
 * A string without interpolation. The parser may have to go back when it turns out that this is not a type, and an
 * expression must not be parsed twice.
 */
const plainString = /'(?:[^'\\$]|\\.)*'|"(?:[^"\\$]|\\.)*"/y;

function readLiteralType(grammar: Grammar): TypeNode | undefined {
  const { reader } = grammar;
  const text = reader.looksAt(plainString) ? readString(grammar) : undefined;
  if (text?.kind === 'literal') return { kind: 'literal', value: String(text.value) };
  const number = readNumber(grammar, /-?\d+(?:\.\d+)?/y);
  if (number !== undefined) return { kind: 'literal', value: number };
  const word = reader.take(/(?:true|false)\b/y);
  return word === undefined ? undefined : { kind: 'literal', value: word === 'true' };
}

/** Named :: Name ( `::` Name )* ( `<` Type ( `,` Type )* `>` )? ( `.` Name )* */
function readNamed(grammar: Grammar): TypeNode {
  const { reader } = grammar;
  const start = reader.at;
  const name = reader.take(/[A-Za-z]\w*(?:::[A-Za-z]\w*)*/y);
  if (name === undefined) throw reader.unexpected('a type');
  const of: TypeNode[] = [];
  if (reader.take(/<(?![<=])/y) !== undefined) {
    do of.push(reader.nested(() => readType(grammar)));
    while (reader.symbol(','));
    reader.expect('>');
  }
  return { kind: 'named', name, start, of, path: readMemberPath(grammar) };
}

function readMemberPath(grammar: Grammar): readonly string[] {
  const { reader } = grammar;
  const path: string[] = [];
  while (reader.take(/\.(?=[A-Za-z"'])/y) !== undefined) {
    const quoted = reader.looksAt(plainString) ? readString(grammar) : undefined;
    path.push(quoted?.kind === 'literal' ? String(quoted.value) : reader.name('the name of a member'));
  }
  return path;
}

/** `<T, R <: Bound>` after the name of a function or a type. */
export function readTypeParameters(grammar: Grammar): readonly TypeParameter[] {
  const { reader } = grammar;
  const parameters: TypeParameter[] = [];
  if (!reader.symbol('<')) return parameters;
  do {
    const name = reader.name('the name of a type');
    parameters.push({ name, bound: reader.symbol('<:') ? readType(grammar) : undefined });
  } while (reader.symbol(','));
  reader.expect('>');
  return parameters;
}

/** `(Type)`, or the type of a function, `(Type, name: Type) -> Type`. */
function readParenthesised(grammar: Grammar): TypeNode {
  const { reader } = grammar;
  reader.expect('(');
  const parameters: ParameterNode[] = [];
  if (!reader.symbol(')')) {
    do parameters.push(readParameterType(grammar));
    while (reader.symbol(','));
    reader.expect(')');
  }
  if (reader.symbol('->')) return { kind: 'function', parameters, result: readType(grammar) };
  const [only] = parameters;
  if (only === undefined || parameters.length > 1) throw reader.unexpected('`->`');
  return only.type;
}

function readParameterType(grammar: Grammar): ParameterNode {
  const { reader } = grammar;
  reader.space();
  const named = reader
    .take(/[A-Za-z]\w*\??\s*:(?!:)/y)
    ?.slice(0, -1)
    .trim();
  const isOptional = named?.endsWith('?') === true;
  const name = isOptional ? named?.slice(0, -1) : named;
  return { name, isOptional, type: reader.nested(() => readType(grammar)) };
}

/** `{ name: Type, other?: Type, many*: Type, _: Type }`, and `{| … |}` if no other member is allowed. */
function readObjectType(grammar: Grammar): TypeNode {
  const { reader } = grammar;
  const isClosed = reader.take(/\{\|/y) !== undefined;
  if (!isClosed) reader.expect('{');
  const end = isClosed ? '|}' : '}';
  const fields: FieldNode[] = [];
  while (!reader.symbol(end)) {
    if (fields.length > 0) {
      reader.expect(',');
      if (reader.symbol(end)) break;
    }
    fields.push(readFieldType(grammar));
  }
  return { kind: 'object', fields, isClosed };
}

function readFieldType(grammar: Grammar): FieldNode {
  const { reader } = grammar;
  const name = readFieldName(grammar);
  if (reader.looksAt(/\s*(?:@\(|#)/y)) {
    const message = 'Attributes and namespaces are not supported: they belong to XML.';
    throw reader.fail('dataweave.unsupported', message, 'Remove them.');
  }
  const marks = reader.take(/\s*[*?]+/y) ?? '';
  reader.expect(':');
  const type = reader.nested(() => readType(grammar));
  return { name, isOptional: marks.includes('?'), isRepeated: marks.includes('*'), type };
}

/** Undefined for `_` and for `(Type)`, whose type the engine ignores. */
function readFieldName(grammar: Grammar): string | undefined {
  const { reader } = grammar;
  reader.space();
  const quoted = reader.looksAt(plainString) ? readString(grammar) : undefined;
  if (quoted?.kind === 'literal') return String(quoted.value);
  if (reader.take(/_(?!\w)/y) !== undefined) return undefined;
  if (!reader.symbol('(')) return reader.name('the name of a member');
  readType(grammar);
  reader.expect(')');
  return undefined;
}
