/**
 * @module
 * Lambdas, parameters, and annotations before them (`@Name(…)`), which have no effect on a value.
 */
import { LocatedError } from '../../diagnostics/problem.ts';
import type { Grammar } from './reader.ts';
import type { LambdaNode, Node, Parameter } from './syntax.ts';
import { readType, readTypeParameters } from './type-grammar.ts';

/**
 * Lambda :: ( `<` Name `>` )? `(` ( Name ( `:` Type )? ( `=` Expression )? ( `,` … )* )? `)` ( `:` Type )? `->`
 * Expression
 */
export function readLambda(grammar: Grammar): Node | undefined {
  const { reader } = grammar;
  reader.space();
  const start = reader.at;
  if (!isLambda(grammar)) return undefined;
  return readFunctionFrom(grammar, start, '->');
}

/** Function :: TypeParameters Parameters ( `:` Type )? sign Expression     shared by `fun` and lambdas */
export function readFunctionFrom(grammar: Grammar, start: number, sign: '->' | '='): LambdaNode {
  const { reader } = grammar;
  const types = readTypeParameters(grammar);
  const parameters = readParameters(grammar);
  const result = reader.symbol(':') ? readType(grammar) : undefined;
  reader.expect(sign);
  const body = reader.nested(() => grammar.expression());
  const fallbacks = parameters.map(({ fallback }) => fallback);
  return reader.node(start, { kind: 'lambda', types, parameters, result, body }, body, ...fallbacks);
}

/**
 * A lambda begins with `(a, …`, `(a = …`, `() ->`, `(a) ->` or `(a: Type …`. An object with a single member, `(a: 1)`
 * or `(a): 1`, looks similar.
 */
function isLambda(grammar: Grammar): boolean {
  const { reader } = grammar;
  const start = reader.at;
  if (reader.looksAt(/<\s*[A-Za-z]|\(\s*[A-Za-z]\w*\s*(?:,|=(?!=))/y)) return true;
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

function readParameters(grammar: Grammar): readonly Parameter[] {
  const { reader } = grammar;
  reader.expect('(');
  const parameters: Parameter[] = [];
  if (reader.symbol(')')) return parameters;
  do {
    skipAnnotations(grammar);
    const name = reader.name('the name of a parameter');
    const type = reader.symbol(':') ? readType(grammar) : undefined;
    const fallback = reader.symbol('=') ? grammar.expression() : undefined;
    parameters.push({ name, type, fallback });
  } while (reader.symbol(','));
  reader.expect(')');
  return parameters;
}

/** Annotations :: ( `@` Name ( `(` ( Name `=` Expression `,`? )* `)` )? )* */
export function skipAnnotations(grammar: Grammar): void {
  const { reader } = grammar;
  reader.space();
  while (reader.take(/@[A-Za-z]\w*(?:::\w+)*/y) !== undefined) {
    if (reader.looksAt(/[ \t]*\(/y)) skipArguments(grammar);
    reader.space();
  }
}

function skipArguments(grammar: Grammar): void {
  const { reader } = grammar;
  reader.expect('(');
  while (!reader.symbol(')')) {
    reader.name('a name or `)`');
    reader.expect('=');
    grammar.expression();
    reader.symbol(',');
  }
}

/** AnnotationType :: `annotation` Name `(` ( Name `:` Type ( `=` Expression )? `,`? )* `)` */
export function skipAnnotationType(grammar: Grammar): void {
  const { reader } = grammar;
  reader.name('the name of an annotation');
  reader.expect('(');
  while (!reader.symbol(')')) {
    reader.name('a name');
    reader.expect(':');
    readType(grammar);
    if (reader.symbol('=')) grammar.expression();
    reader.symbol(',');
  }
}
