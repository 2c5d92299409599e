/**
 * @module
 * Functions without a name, and the parameters of all functions.
 */
import type { Grammar } from './reader.ts';
import type { Node, Parameter } from './syntax.ts';
import { readType } from './type-grammar.ts';

/** Lambda :: `(` ( Name ( `:` Type )? ( `=` Expression )? ( `,` … )* )? `)` ( `:` Type )? `->` Expression */
export function readLambda(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  reader.space();
  const start = reader.at;
  const commits = /\(\s*[A-Za-z]\w*\s*(?:,|:(?!:)|=(?![=]))|\(\s*(?:[A-Za-z]\w*\s*)?\)\s*(?:->|:(?!:)[^()]*->)/y;
  if (!reader.looksAt(commits)) return undefined;
  const parameters = readParameters(grammar);
  if (reader.symbol(':')) readType(grammar);
  reader.expect('->');
  const body = reader.nested(() => grammar.expression());
  return reader.node(start, { kind: 'lambda', parameters, body }, body, ...parameters.map((one) => one.fallback));
}

export function readParameters(grammar: Grammar): readonly Parameter[] {
  const { reader } = grammar;
  reader.expect('(');
  const parameters: Parameter[] = [];
  if (reader.symbol(')')) return parameters;
  do {
    const name = reader.name('the name of a parameter');
    const type = reader.symbol(':') ? readType(grammar) : undefined;
    const fallback = reader.symbol('=') ? grammar.expression() : undefined;
    parameters.push({ name, type, fallback });
  } while (reader.symbol(','));
  reader.expect(')');
  return parameters;
}
