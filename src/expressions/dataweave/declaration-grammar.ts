/**
 * @module
 * `var`, `fun` and `type`, in a header or a `do`.
 */
import { readFunctionFrom } from './lambda-grammar.ts';
import type { Grammar } from './reader.ts';
import type { Declaration } from './syntax.ts';
import { readType, readTypeParameters } from './type-grammar.ts';

/** Declaration :: `var` Name ( `:` Type )? `=` Expression | `fun` Name Function | `type` Name TypeParameters `=` Type */
export function readDeclaration(grammar: Grammar): Declaration {
  const { reader } = grammar;
  reader.space();
  const { at } = reader;
  if (reader.word('var')) {
    const name = reader.name('the name of a variable');
    const type = reader.symbol(':') ? readType(grammar) : undefined;
    reader.expect('=');
    return { kind: 'var', at, name, type, value: grammar.expression() };
  }
  if (reader.word('fun')) {
    reader.space();
    const start = reader.at;
    const name = reader.take(/\+\+|--/y) ?? reader.name('the name of a function');
    return { kind: 'fun', at, name, lambda: readFunctionFrom(grammar, start, '=') };
  }
  if (reader.word('type')) {
    reader.space();
    const start = reader.at;
    const name = reader.name('the name of a type');
    const parameters = readTypeParameters(grammar);
    reader.expect('=');
    return { kind: 'type', at, name, start, parameters, type: readType(grammar) };
  }
  throw reader.unexpected('`var`, `fun`, `type`, `import` or `---`');
}
