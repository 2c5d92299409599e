/**
 * @module
 * The header of a script, before `---`, and the declarations that `do` takes too.
 */
import { readParameters } from './lambda-grammar.ts';
import type { Grammar } from './reader.ts';
import type { Declaration, ImportedModule, Node, Script } from './syntax.ts';
import { readType } from './type-grammar.ts';

const directive = /(?:import|var|fun|type|ns|output|input|annotation|@)\b/y;

/** Header :: ( `%dw 2.x` )? ( Import | Output | Declaration )* `---` */
export function readHeader(grammar: Grammar): Omit<Script, 'body'> {
  const { reader } = grammar;
  const imports: ImportedModule[] = [];
  const declarations: Declaration[] = [];
  reader.space();
  const version = reader.take(/%dw[ \t]+2\.\d+/y);
  if (version === undefined && !reader.looksAt(directive)) {
    reader.symbol('---');
    return { imports, declarations };
  }
  while (!reader.symbol('---')) {
    if (reader.word('import')) imports.push(readImport(grammar));
    else if (reader.word('output')) readOutput(grammar);
    else declarations.push(readDeclaration(grammar));
  }
  return { imports, declarations };
}

export function readDeclarations(grammar: Grammar): readonly Declaration[] {
  const { reader } = grammar;
  const declarations: Declaration[] = [];
  for (;;) {
    reader.space();
    if (!reader.looksAt(directive)) return declarations;
    declarations.push(readDeclaration(grammar));
  }
}

/** Declaration :: `var` Name ( `:` Type )? `=` Expression | `fun` Name Parameters ( `:` Type )? `=` Expression | `type` Name `=` Type */
function readDeclaration(grammar: Grammar): Declaration {
  const { reader } = grammar;
  if (reader.word('var')) {
    const name = reader.name('the name of a variable');
    const type = reader.symbol(':') ? readType(grammar) : undefined;
    reader.expect('=');
    return { kind: 'var', name, type, value: grammar.expression() };
  }
  if (reader.word('fun')) return readFunction(grammar);
  if (reader.word('type')) {
    const name = reader.name('the name of a type');
    reader.expect('=');
    return { kind: 'type', name, type: readType(grammar) };
  }
  if (reader.looksAt(/(?:ns|input)\b/y)) {
    throw reader.fail('dataweave.unsupported', 'Namespaces and `input` are not supported.', 'Remove the line.');
  }
  throw reader.unexpected('`var`, `fun`, `type`, `import` or `---`');
}

function readFunction(grammar: Grammar): Declaration {
  const { reader } = grammar;
  const start = reader.at;
  const name = reader.name('the name of a function');
  reader.space();
  if (reader.looksAt(/</y)) {
    throw reader.fail('dataweave.unsupported', 'Parameters of a type, `<T>`, are not supported.', 'Leave them out.');
  }
  const parameters = readParameters(grammar);
  if (reader.symbol(':')) readType(grammar);
  reader.expect('=');
  const body: Node = grammar.expression();
  const fallbacks = parameters.map(({ fallback }) => fallback);
  const lambda = reader.node(start, { kind: 'lambda', parameters, body }, body, ...fallbacks);
  if (lambda.kind !== 'lambda') throw new Error('a lambda is a lambda');
  return { kind: 'fun', name, lambda };
}

/** Import :: ( `*` | Name ( `as` Name )? ( `,` … )* ) `from` Module | Module ( `as` Name )? */
function readImport({ reader }: Grammar): ImportedModule {
  reader.space();
  const start = reader.at;
  const all = reader.take(/\*\s*from\s+/y);
  if (all !== undefined) {
    return { module: readModule(reader), start, alias: undefined, elements: [{ name: '*', alias: '*', start }] };
  }
  if (reader.looksAt(/[A-Za-z]\w*(?:::\w+)+/y)) {
    const module = readModule(reader);
    const alias = reader.word('as') ? reader.name('a name for the module') : (module.split('::').at(-1) ?? module);
    return { module, start, alias, elements: [] };
  }
  const elements: { name: string; alias: string; start: number }[] = [];
  do {
    reader.space();
    const at = reader.at;
    const name = reader.name('the name of a function or module');
    elements.push({ name, alias: reader.word('as') ? reader.name('another name') : name, start: at });
  } while (reader.symbol(','));
  if (!reader.word('from')) throw reader.unexpected('`from`');
  reader.space();
  return { module: readModule(reader), start, alias: undefined, elements };
}

function readModule(reader: Grammar['reader']): string {
  const module = reader.take(/[A-Za-z]\w*(?:::\w+)*/y);
  if (module === undefined) throw reader.unexpected('the name of a module such as `dw::core::Strings`');
  return module;
}

/** The result becomes a claim, so no output but JSON makes sense; what `application/json` is told is of no matter. */
function readOutput({ reader }: Grammar): void {
  reader.space();
  const at = reader.at;
  const format = reader.take(/(?:application\/json|json|application\/java|java|application\/dw)\b[^\n]*?(?=\n|---|$)/y);
  if (format !== undefined) return;
  throw reader.fail(
    'dataweave.unsupported',
    'A claim is written as JSON: there is no other output.',
    'Remove the line.',
    at,
  );
}
