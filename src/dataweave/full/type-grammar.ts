/**
 * @module
 * Types as an expression writes them, after `as`, `is` and the colon of a parameter.
 */
import { parseNumber } from './numbers.ts';
import type { Grammar } from './reader.ts';
import { readString } from './strings.ts';
import type { TypeNode } from './syntax.ts';

/** Type :: Both ( `|` Both )*          Both :: One ( `&` One )* */
export function readType(grammar: Grammar): TypeNode {
  return list(grammar, /\|(?![|}])/y, 'union', () => list(grammar, /&/y, 'both', () => readOne(grammar)));
}

function list({ reader }: Grammar, separator: RegExp, kind: 'union' | 'both', read: () => TypeNode): TypeNode {
  const first = read();
  const of = [first];
  for (;;) {
    reader.space();
    if (reader.take(separator) === undefined) break;
    of.push(read());
  }
  return of.length === 1 ? first : { kind, of };
}

function readOne(grammar: Grammar): TypeNode {
  const { reader } = grammar;
  reader.space();
  if (reader.looksAt(/\{/y)) return readObjectType(grammar);
  if (reader.looksAt(/\(/y)) return readParenthesised(grammar);
  return readLiteralType(grammar) ?? readNamed(grammar);
}

/** A text without `$`. Where it is not known yet whether a type stands here, an expression must not be read twice. */
const plainText = /'(?:[^'\\$]|\\.)*'|"(?:[^"\\$]|\\.)*"/y;

function readLiteralType(grammar: Grammar): TypeNode | undefined {
  const { reader } = grammar;
  const text = reader.looksAt(plainText) ? readString(grammar) : undefined;
  if (text?.kind === 'literal') return { kind: 'literal', value: text.value };
  const number = reader.take(/-?\d+(?:\.\d+)?/y);
  if (number !== undefined) return { kind: 'literal', value: parseNumber(number) ?? null };
  const word = reader.take(/(?:true|false)\b/y);
  return word === undefined ? undefined : { kind: 'literal', value: word === 'true' };
}

/** Named :: Name ( `::` Name )* ( `<` Type ( `,` Type )* `>` )? */
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
  return { kind: 'named', name: name.split('::').at(-1) ?? name, start, of };
}

/** `(Type)`, or the type of a function, `(Type, name: Type) -> Type`. */
function readParenthesised(grammar: Grammar): TypeNode {
  const { reader } = grammar;
  reader.expect('(');
  const parameters: TypeNode[] = [];
  if (!reader.symbol(')')) {
    do {
      reader.space();
      reader.take(/[A-Za-z]\w*\??\s*:(?!:)/y);
      parameters.push(reader.nested(() => readType(grammar)));
    } while (reader.symbol(','));
    reader.expect(')');
  }
  const [only] = parameters;
  if (reader.symbol('->')) {
    readType(grammar);
    return { kind: 'function', arity: parameters.length };
  }
  if (only === undefined || parameters.length > 1) throw reader.unexpected('`->`');
  return only;
}

/** `{ name: Type, other?: Type }`, and `{| … |}` where nothing else may be in the object. */
function readObjectType(grammar: Grammar): TypeNode {
  const { reader } = grammar;
  const isClosed = reader.take(/\{\|/y) !== undefined;
  if (!isClosed) reader.expect('{');
  const end = isClosed ? '|}' : '}';
  const fields: { name: string; isOptional: boolean; type: TypeNode }[] = [];
  while (!reader.symbol(end)) {
    if (fields.length > 0) {
      reader.expect(',');
      if (reader.symbol(end)) break;
    }
    reader.space();
    const quoted = reader.looksAt(plainText) ? readString(grammar) : undefined;
    const name = quoted?.kind === 'literal' ? String(quoted.value) : reader.name('the name of a member');
    reader.take(/[*?]+/y);
    const isOptional = reader.text.charAt(reader.at - 1) === '?';
    reader.expect(':');
    fields.push({ name, isOptional, type: reader.nested(() => readType(grammar)) });
  }
  return { kind: 'object', fields, isClosed };
}
