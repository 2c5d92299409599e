/**
 * @module
 * The grammar of a DataWeave 2.x expression, from the operators of the lowest precedence to the primary expressions.
 * `header-grammar.ts`, `function-grammar.ts`, `object-grammar.ts`, `selector-grammar.ts`, `match-grammar.ts`,
 * `type-grammar.ts` and `literals.ts` have the rest.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import { readLambda } from './function-grammar.ts';
import { readBlockHeader, readHeader } from './header-grammar.ts';
import { readDate, readNumber, readRegex, readString } from './literals.ts';
import { nodesOfCase, nodesOfUpdate, readMatchCases, readUpdateCases } from './match-grammar.ts';
import { keyBeforeColon, readArray, readConditional, readObject, readPair } from './object-grammar.ts';
import { type Grammar, ParseError, Reader, type Reading, reservedWords } from './reader.ts';
import { readSelectors } from './selector-grammar.ts';
import type { BinaryOperator, Declaration, Node, Script } from './syntax.ts';
import { readType } from './type-grammar.ts';

/** @throws ParseError `dataweave.*` at the first syntax error */
export function parse(source: SourceText, reading?: Reading): Script {
  return new Parser(source, reading).script();
}

type Level = readonly (readonly [operator: BinaryOperator, pattern: RegExp])[];

/** The operators that are symbols, by precedence from low to high. All are left-associative. */
const levels: readonly Level[] = [
  [
    ['==', /==/y],
    ['!=', /!=/y],
    ['~=', /~=/y],
  ],
  [
    ['<=', /<=/y],
    ['>=', />=/y],
    ['<', /<(?![<~])/y],
    ['>', />(?!>)/y],
  ],
  [
    ['+', /\+(?!\+)/y],
    ['-', /-(?![->])/y],
    ['<<', /<</y],
    ['>>', />>/y],
  ],
  [
    ['*', /\*/y],
    ['/', /\/(?![/*])/y],
  ],
];

/** Saves trying each operator at the end of an operand. */
const operatorStart = /[-=!~<>+*/]/y;

/** The level of `is`. */
const relational = 1;

const namedInfix = /[A-Za-z][A-Za-z0-9_]*(?:::[A-Za-z][A-Za-z0-9_]*)*|\+\+|--(?!-)/y;

class Parser implements Grammar {
  readonly reader: Reader;

  constructor(source: SourceText, reading: Reading | undefined) {
    this.reader = new Reader(source, reading);
  }

  /** Script :: ( Header `---` )? Expression */
  script(): Script {
    const header = readHeader(this);
    const body = this.expression();
    this.reader.space();
    if (this.reader.at < this.reader.text.length) throw this.reader.unexpected('an operator or the end');
    return { ...header, body };
  }

  /** Expression :: Lambda | Infix */
  expression(): Node {
    return readLambda(this) ?? this.#infix();
  }

  guard(): Node {
    return this.#infix();
  }

  /** Infix :: Or ( `default` Or | Name Operand | `<~` Unary | `match` Cases | `update` Cases )*     left-associative */
  #infix(): Node {
    let left = this.#or();
    for (;;) {
      const next = this.#infixStep(left);
      if (next === undefined) return left;
      left = next;
    }
  }

  #infixStep(left: Node): Node | undefined {
    const { reader } = this;
    reader.space();
    const start = reader.at;
    if (reader.take(/match(?=\s*\{)/y) !== undefined) {
      const cases = readMatchCases(this);
      return reader.node(
        left.start,
        { kind: 'match', subject: left, cases, at: start },
        left,
        ...cases.flatMap(nodesOfCase),
      );
    }
    if (reader.take(/update(?=\s*\{)/y) !== undefined) {
      const cases = readUpdateCases(this);
      return reader.node(
        left.start,
        { kind: 'update', subject: left, cases, at: start },
        left,
        ...cases.flatMap(nodesOfUpdate),
      );
    }
    if (reader.word('default')) {
      const right = this.#operand();
      return reader.node(left.start, { kind: 'default', left, right }, left, right);
    }
    if (reader.take(/<~/y) !== undefined) {
      const right = this.#unary();
      return reader.node(start, { kind: 'binary', operator: '<~', left, right }, left, right);
    }
    const name = reader.take(namedInfix);
    if (name === undefined || reservedWords.has(name)) {
      reader.at = start;
      return undefined;
    }
    const callee = reader.node(start, { kind: 'name', name });
    const right = this.#operand();
    const call = { kind: 'call', callee, arguments: [left, right], isInfix: true } as const;
    return reader.node(start, call, left, right);
  }

  #operand(): Node {
    return readLambda(this) ?? this.#or();
  }

  /** Or :: And ( `or` And )*          And :: Symbols ( `and` Symbols )* */
  #or(): Node {
    return this.#logical('or', () => this.#logical('and', () => this.#symbols(0)));
  }

  #logical(operator: 'and' | 'or', read: () => Node): Node {
    let left = read();
    while (this.reader.word(operator)) {
      const right = read();
      left = this.reader.node(left.start, { kind: 'logical', operator, left, right }, left, right);
    }
    return left;
  }

  /** Symbols :: Conversion ( operator Conversion )*     by precedence climbing from this level upwards */
  #symbols(level: number): Node {
    const operators = levels[level];
    if (operators === undefined) return this.#conversion();
    let left = this.#symbols(level + 1);
    for (;;) {
      const next = this.#typeTest(left, level) ?? this.#binary(left, level, operators);
      if (next === undefined) return left;
      left = next;
    }
  }

  #typeTest(left: Node, level: number): Node | undefined {
    if (level !== relational || !this.reader.word('is')) return undefined;
    const at = this.reader.at - 'is'.length;
    return this.reader.node(left.start, { kind: 'is', operand: left, type: readType(this), at }, left);
  }

  #binary(left: Node, level: number, operators: Level): Node | undefined {
    const { reader } = this;
    reader.space();
    const start = reader.at;
    if (!reader.looksAt(operatorStart)) return undefined;
    const operator = operators.find(([, pattern]) => reader.take(pattern) !== undefined)?.[0];
    if (operator === undefined) return undefined;
    const right = this.#symbols(level + 1);
    return reader.node(start, { kind: 'binary', operator, left, right }, left, right);
  }

  /** Conversion :: Unary ( `as` Type Schema? )* */
  #conversion(): Node {
    let operand = this.#unary();
    const { reader } = this;
    while (reader.word('as')) {
      const at = reader.at - 'as'.length;
      const type = readType(this, 'of the conversion');
      reader.space();
      const schema = reader.looksAt(/\{/y) ? readObject(this) : undefined;
      operand = reader.node(operand.start, { kind: 'as', operand, type, schema, at }, operand, schema);
    }
    return operand;
  }

  /**
   * Unary :: `!` Unary | `-` Or | `not` Or | Selectors     the operand of `-` and `not` ends before `default` or an
   * infix name
   */
  #unary(): Node {
    const { reader } = this;
    reader.space();
    const start = reader.at;
    if (reader.take(/!(?!=)/y) !== undefined) {
      const operand = reader.nested(() => this.#unary());
      return reader.node(start, { kind: 'not', operand }, operand);
    }
    if (reader.take(/not\b(?=\s+[^\s:,)=])/y) !== undefined) {
      const operand = reader.nested(() => this.#or());
      return reader.node(start, { kind: 'not', operand }, operand);
    }
    if (reader.take(/-(?=\s*[^\s\d>-])/y) !== undefined) {
      const operand = reader.nested(() => this.#or());
      return reader.node(start, { kind: 'negate', operand }, operand);
    }
    return readSelectors(this, this.#primary());
  }

  /** Primary :: Pair | a literal, an array, an object, `(` Expression `)`, `$`, a keyword's expression or a name */
  #primary(): Node {
    const { reader } = this;
    reader.space();
    const start = reader.at;
    const key = keyBeforeColon(this);
    if (key !== undefined) return readPair(this, start, key);
    return (
      this.#text(start) ??
      this.#number(start) ??
      readRegex(this) ??
      readDate(this) ??
      readArray(this) ??
      this.#object() ??
      this.#parenthesised(start) ??
      this.#parameterOfCall(start) ??
      this.#keyword(start) ??
      this.#name(start)
    );
  }

  #text(start: number): Node | undefined {
    const text = readString(this);
    return text === undefined ? undefined : this.#orPair(start, text);
  }

  #orPair(start: number, node: Node): Node {
    this.reader.space();
    return this.reader.looksAt(/:(?!:)/y) ? readPair(this, start, node) : node;
  }

  #object(): Node | undefined {
    return this.reader.looksAt(/\{/y) ? readObject(this) : undefined;
  }

  #number(start: number): Node | undefined {
    const value = readNumber(this, /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])/y);
    return value === undefined ? undefined : this.reader.node(start, { kind: 'literal', value });
  }

  /** `$`, `$$`, `$$$`: the parameters of the function that this expression is the body of. */
  #parameterOfCall(start: number): Node | undefined {
    const name = this.reader.take(/\${1,3}(?!\$)/y);
    return name === undefined ? undefined : this.reader.node(start, { kind: 'name', name });
  }

  #parenthesised(start: number): Node | undefined {
    const { reader } = this;
    if (!reader.looksAt(/\(/y)) return undefined;
    reader.expect('(');
    const inner = reader.nested(() => this.expression());
    reader.expect(')');
    return readConditional(this, start, inner) ?? this.#orPair(start, { ...inner, isEnclosed: true });
  }

  #keyword(start: number): Node | undefined {
    const { reader } = this;
    const word = reader.peekWord();
    switch (word) {
      case 'true':
      case 'false':
      case 'null':
        reader.word(word);
        return reader.node(start, { kind: 'literal', value: word === 'null' ? null : word === 'true' });
      case 'if':
      case 'unless':
        return reader.nested(() => readCondition(this, word, start));
      case 'do':
        return reader.nested(() => readBlock(this, start));
      case 'using':
        return reader.nested(() => readUsing(this, start));
      default:
        return undefined;
    }
  }

  #name(start: number): Node {
    const { reader } = this;
    const word = reader.peekWord();
    if (word === undefined || reservedWords.has(word)) throw reader.unexpected('an expression');
    const name = reader.take(/[A-Za-z][A-Za-z0-9_]*(?:::(?:[A-Za-z][A-Za-z0-9_]*|\+\+|--))*/y) ?? word;
    return reader.node(start, { kind: 'name', name });
  }
}

/** If :: ( `if` | `unless` ) `(` Expression `)` Expression `else` Expression */
function readCondition(grammar: Grammar, word: 'if' | 'unless', start: number): Node {
  const { reader } = grammar;
  reader.word(word);
  reader.expect('(');
  const condition = grammar.expression();
  reader.expect(')');
  const first = grammar.expression();
  if (!reader.word('else')) {
    const { problem, offset } = reader.unexpected('`else`', `\`${word}\` needs an \`else\`: write \`else null\`.`);
    throw new ParseError(problem, offset, start);
  }
  const second = grammar.expression();
  const [whenTrue, whenFalse] = word === 'if' ? [first, second] : [second, first];
  return reader.node(start, { kind: 'if', condition, whenTrue, whenFalse }, condition, first, second);
}

/** Do :: `do` `{` ( Import | Declaration )* `---`? Expression `}` */
function readBlock(grammar: Grammar, start: number): Node {
  const { reader } = grammar;
  reader.word('do');
  reader.expect('{');
  const { imports, declarations } = readBlockHeader(grammar);
  reader.symbol('---');
  const body = grammar.expression();
  reader.expect('}');
  return reader.node(start, { kind: 'do', imports, declarations, body }, body, ...declarations.map(nodeOf));
}

/** Using :: `using` `(` Name `=` Expression ( `,` Name `=` Expression )* `)` Expression */
function readUsing(grammar: Grammar, start: number): Node {
  const { reader } = grammar;
  reader.word('using');
  reader.expect('(');
  const declarations: { kind: 'var'; at: number; name: string; type: undefined; value: Node }[] = [];
  do {
    const name = reader.name('the name of a variable');
    const at = reader.at - name.length;
    reader.expect('=');
    declarations.push({ kind: 'var', at, name, type: undefined, value: grammar.expression() });
  } while (reader.symbol(','));
  reader.expect(')');
  const body = grammar.expression();
  return reader.node(start, { kind: 'do', imports: [], declarations, body }, body, ...declarations.map(nodeOf));
}

function nodeOf(declaration: Declaration): Node | undefined {
  switch (declaration.kind) {
    case 'var':
      return declaration.value;
    case 'fun':
      return declaration.lambda;
    case 'type':
      return undefined;
  }
}
