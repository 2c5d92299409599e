/**
 * @module
 * Functions without a name, and the parameters of all functions.
 */
import { LocatedError } from '../../diagnostics/problem.ts';
import type { Grammar } from './reader.ts';
import type { Node, Parameter } from './syntax.ts';
import { readType } from './type-grammar.ts';

/** Lambda :: `(` ( Name ( `:` Type )? ( `=` Expression )? ( `,` … )* )? `)` ( `:` Type )? `->` Expression */
export function readLambda(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  reader.space();
  const start = reader.at;
  if (!isLambda(grammar)) return undefined;
  const parameters = readParameters(grammar);
  if (reader.symbol(':')) readType(grammar);
  reader.expect('->');
  const body = reader.nested(() => grammar.expression());
  return reader.node(start, { kind: 'lambda', parameters, body }, body, ...parameters.map((one) => one.fallback));
}

/** `(a, …`, `(a = …`, `() ->`, `(a) ->`, `(a: Type …`: what else begins so is an object of one member, `(a: 1)` or `(a): 1`. */
function isLambda(grammar: Grammar): boolean {
  const { reader } = grammar;
  const start = reader.at;
  if (reader.looksAt(/\(\s*[A-Za-z]\w*\s*(?:,|=(?!=))/y)) return true;
  if (reader.take(/\(\s*[A-Za-z]\w*\s*:(?!:)/y) !== undefined) {
    const found = skipsType(grammar) && (reader.looksAt(/[,=]/y) || (reader.symbol(')') && isBeforeBody(grammar)));
    reader.at = start;
    return found;
  }
  const found = reader.take(/\(\s*(?:[A-Za-z]\w*\s*)?\)/y) !== undefined && isBeforeBody(grammar);
  reader.at = start;
  return found;
}

/** ( `:` Type )? `->` */
function isBeforeBody(grammar: Grammar): boolean {
  const { reader } = grammar;
  reader.space();
  if (reader.take(/:(?!:)/y) !== undefined && !skipsType(grammar)) return false;
  return reader.looksAt(/->/y);
}

function skipsType(grammar: Grammar): boolean {
  try {
    readType(grammar);
  } catch (error) {
    if (error instanceof LocatedError) return false;
    throw error;
  }
  grammar.reader.space();
  return true;
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
