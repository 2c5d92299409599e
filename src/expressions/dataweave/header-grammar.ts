/**
 * @module
 * The header of a script, before `---`: version, imports, inputs, output and declarations. The block of a `do` has
 * imports and declarations too.
 */
import { inputNames } from '../bindings.ts';
import { readFunctionFrom, skipAnnotations, skipAnnotationType } from './function-grammar.ts';
import type { Grammar } from './reader.ts';
import type { Declaration, ImportedModule, OutputOptions, Script } from './syntax.ts';
import { readType, readTypeParameters } from './type-grammar.ts';

const directive = /(?:(?:import|var|fun|type|ns|output|input|annotation)\b|@\w)/y;
const inBlock = /(?:(?:import|var|fun|type|ns|annotation)\b|@\w)/y;

interface Directives {
  readonly imports: ImportedModule[];
  readonly declarations: Declaration[];
}

/** Header :: ( `%dw 2.x` )? ( Import | Input | Output | Declaration )* `---` */
export function readHeader(grammar: Grammar): Omit<Script, 'body'> {
  const { reader } = grammar;
  const read: Directives = { imports: [], declarations: [] };
  let output: OutputOptions | undefined;
  reader.space();
  const version = reader.take(/%dw[ \t]+2\.\d+/y);
  if (version === undefined && !reader.looksAt(directive)) {
    if (reader.looksAt(/%dw\b/y))
      throw reader.fail('dataweave.unsupported', 'The only supported version is DataWeave 2.', 'Write `%dw 2.0`.');
    reader.symbol('---');
    return { ...read, output };
  }
  while (!reader.symbol('---')) {
    skipAnnotations(grammar);
    if (reader.word('output')) output = readOutput(grammar);
    else if (reader.word('input')) readInput(grammar);
    else readDirective(grammar, read);
  }
  return { ...read, output };
}

/** The part of a `do` before its `---`. */
export function readBlockHeader(grammar: Grammar): Directives {
  const { reader } = grammar;
  const read: Directives = { imports: [], declarations: [] };
  for (;;) {
    reader.space();
    if (!reader.looksAt(inBlock)) return read;
    skipAnnotations(grammar);
    readDirective(grammar, read);
  }
}

function readDirective(grammar: Grammar, { imports, declarations }: Directives): void {
  const { reader } = grammar;
  if (reader.word('import')) imports.push(readImport(grammar));
  else if (reader.word('annotation')) skipAnnotationType(grammar);
  else if (reader.looksAt(/ns\b/y)) throw namespaces(grammar);
  else declarations.push(readDeclaration(grammar));
}

function namespaces({ reader }: Grammar) {
  const message = 'Namespaces (`ns`) are not supported: they belong to XML, and JSON is the only format.';
  return reader.fail('dataweave.unsupported', message, 'Remove the line.');
}

/** Input :: `input` Name ( `:` Type )? Format? */
function readInput(grammar: Grammar): void {
  const { reader } = grammar;
  reader.space();
  const start = reader.at;
  const name = reader.name('the name of an input');
  if (!inputNames.some((input) => input === name)) {
    const message = `There is no input \`${name}\`.`;
    const suggestion = `The inputs are ${inputNames.map((input) => `\`${input}\``).join(', ')}. They need no declaration.`;
    throw reader.fail('dataweave.unknown-name', message, suggestion, start);
  }
  if (reader.take(/[ \t]*:(?!:)/y) !== undefined) readType(grammar);
  reader.take(/[ \t]*(?:\w+\/[\w.+-]+|(?:json|java|dw)\b)(?:[ \t,]+\w+[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[\w.]+))*/y);
}

/** Import :: ( `*` | Name ( `as` Name )? ( `,` … )* ) `from` Module | Module ( `as` Name )? */
function readImport({ reader }: Grammar): ImportedModule {
  reader.space();
  const start = reader.at;
  const all = reader.take(/\*\s*from\s+/y);
  if (all !== undefined) {
    return { module: readModule(reader), start, alias: undefined, elements: [{ name: '*', alias: '*', start }] };
  }
  if (reader.looksAt(/[A-Za-z]\w*(?:(?:::|!)\w+)+/y)) {
    const module = readModule(reader);
    const alias = reader.word('as') ? reader.name('a name for the module') : (module.split('::').at(-1) ?? module);
    return { module, start, alias, elements: [] };
  }
  const elements: { name: string; alias: string; start: number }[] = [];
  do {
    reader.space();
    const at = reader.at;
    const name = reader.take(/\+\+|--/y) ?? reader.name('the name of a function, type or module');
    elements.push({ name, alias: reader.word('as') ? reader.name('another name') : name, start: at });
  } while (reader.symbol(','));
  if (!reader.word('from')) throw reader.unexpected('`from`');
  reader.space();
  return { module: readModule(reader), start, alias: undefined, elements };
}

function readModule(reader: Grammar['reader']): string {
  const module = reader.take(/[A-Za-z]\w*(?:(?:::|!)\w+)*/y);
  if (module === undefined) throw reader.unexpected('the name of a module such as `dw::core::Strings`');
  return module;
}

const json = /(?:(?:application|text)\/(?:[\w.-]+\+)?json|json|application\/java|java|application\/dw|dw)\b/y;

/** Options that change how JSON is written, but not the value. */
const layoutOptions: ReadonlySet<string> = new Set(['indent', 'encoding', 'bufferSize', 'deferred']);

/**
 * Output :: `output` ( `:` Type )? Format ( Name `=` Value `,`? )*
 *
 * The result becomes a claim, so the format must be JSON. Only options that change the value have an effect.
 */
function readOutput(grammar: Grammar): OutputOptions {
  const { reader } = grammar;
  if (reader.symbol(':')) readType(grammar);
  reader.space();
  const at = reader.at;
  if (reader.take(json) === undefined) {
    const message = 'The only supported output format is JSON, because a claim is JSON.';
    throw reader.fail('dataweave.unsupported', message, 'Remove the line.', at);
  }
  const found: Record<string, string> = {};
  for (;;) {
    reader.take(/[ \t]*,?[ \t]*/y);
    const start = reader.at;
    const written = reader.take(/\w+[ \t]*=[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[\w.]+)/y);
    if (written === undefined) return optionsFrom(found);
    const equals = written.indexOf('=');
    const [name, value] = [written.slice(0, equals).trim(), written.slice(equals + 1).replace(/^\s*["']?|["']$/g, '')];
    requireOption(grammar, name, value, start);
    found[name] = value;
  }
}

function requireOption({ reader }: Grammar, name: string, value: string, start: number): void {
  if (layoutOptions.has(name) || name === 'skipNullOn' || name === 'duplicateKeyAsArray') return;
  if (name === 'writeAttributes' && value === 'false') return;
  const message = `The output option \`${name}\` is not supported.`;
  const suggestion =
    'The supported options are `skipNullOn`, `duplicateKeyAsArray`, and those of the layout, which have no effect.';
  throw reader.fail('dataweave.unsupported', message, suggestion, start);
}

function optionsFrom({ skipNullOn = '', duplicateKeyAsArray }: Record<string, string>): OutputOptions {
  const everywhere = skipNullOn === 'everywhere';
  return {
    skipsNullInObjects: everywhere || skipNullOn === 'objects',
    skipsNullInArrays: everywhere || skipNullOn === 'arrays',
    repeatedKeysAreArrays: duplicateKeyAsArray === 'true',
  };
}

/**
 * Declaration :: `var` Name ( `:` Type )? `=` Expression | `fun` Name Function | `type` Name TypeParameters `=` Type
 */
function readDeclaration(grammar: Grammar): Declaration {
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
