/**
 * @module
 * What begins with a word of the language: `if`, `unless`, `do`, `using`.
 */
import { readBlockHeader } from './header-grammar.ts';
import { type Grammar, ParseError } from './reader.ts';
import type { Declaration, Node } from './syntax.ts';

/** If :: ( `if` | `unless` ) `(` Expression `)` Expression `else` Expression */
export function readCondition(grammar: Grammar, word: 'if' | 'unless', start: number): Node {
  const { reader } = grammar;
  reader.word(word);
  reader.expect('(');
  const condition = grammar.expression();
  reader.expect(')');
  const first = grammar.expression();
  if (!reader.word('else')) {
    const { problem, offset } = reader.unexpected('`else`', `Every \`${word}\` needs one: write \`else null\`.`);
    throw new ParseError(problem, offset, start);
  }
  const second = grammar.expression();
  const [whenTrue, whenFalse] = word === 'if' ? [first, second] : [second, first];
  return reader.node(start, { kind: 'if', condition, whenTrue, whenFalse }, condition, first, second);
}

/** Do :: `do` `{` ( Import | Declaration )* `---`? Expression `}` */
export function readBlock(grammar: Grammar, start: number): Node {
  const { reader } = grammar;
  reader.word('do');
  reader.expect('{');
  const { imports, declarations } = readBlockHeader(grammar);
  reader.symbol('---');
  const body = grammar.expression();
  reader.expect('}');
  return reader.node(start, { kind: 'do', imports, declarations, body }, body, ...declarations.map(heightOf));
}

/** Using :: `using` `(` Name `=` Expression ( `,` Name `=` Expression )* `)` Expression */
export function readUsing(grammar: Grammar, start: number): Node {
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
  return reader.node(start, { kind: 'do', imports: [], declarations, body }, body, ...declarations.map(heightOf));
}

function heightOf(declaration: Declaration): Node | undefined {
  if (declaration.kind === 'type') return undefined;
  return declaration.kind === 'var' ? declaration.value : declaration.lambda;
}
