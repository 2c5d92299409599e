/**
 * @module
 * Annotations, `@Name(…)` before a declaration or a parameter, and their declaration. They say nothing about a value.
 */
import type { Grammar } from './reader.ts';
import { readType } from './type-grammar.ts';

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
