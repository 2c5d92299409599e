/**
 * @module
 * The header of an expression: the directives `%dw 2.0`, `import`, `ns`, `input` and `output`.
 *
 * Only `import` and `ns` have an effect. Two restrictions are the vendor's: no whitespace after the comma in
 * `import a,b from m`, and no further directive after an `input` or `output` without options.
 */
import type { FlexScanner } from './scanner.ts';

export interface Import {
  readonly kind: 'import';
  /** The module's name, `dw::core::Strings`. */
  readonly module: string;
  /** The imported elements; `*` is all of them. Empty if the module itself is imported. */
  readonly elements: readonly ImportedElement[];
}

export interface ImportedElement {
  readonly name: string;
  readonly alias: string | undefined;
}

export interface Header {
  readonly imports: readonly Import[];
  /** Declared namespace prefixes. */
  readonly prefixes: ReadonlySet<string>;
}

type Directive = Import | { readonly kind: 'namespace'; readonly prefix: string } | { readonly kind: 'ignored' };

const ignored: Directive = { kind: 'ignored' };

/** Header :: ( Directive ( Separator Directive )* )? */
export function readHeader(scanner: FlexScanner): Header {
  const imports: Import[] = [];
  const prefixes = new Set<string>();
  const next = (): Directive | undefined => scanner.attempt(() => directive(scanner));
  let found = next();
  while (found !== undefined) {
    if (found.kind === 'import') imports.push(found);
    if (found.kind === 'namespace') prefixes.add(found.prefix);
    found = scanner.attempt(() => (scanner.separator() ? next() : undefined));
  }
  return { imports, prefixes };
}

function directive(scanner: FlexScanner): Directive | undefined {
  scanner.space();
  return (
    scanner.attempt(() => version(scanner)) ??
    scanner.attempt(() => importFrom(scanner)) ??
    scanner.attempt(() => importModule(scanner)) ??
    scanner.attempt(() => namespace(scanner)) ??
    scanner.attempt(() => input(scanner)) ??
    scanner.attempt(() => output(scanner))
  );
}

/** Version :: "%dw" Digit "." Digit */
function version(scanner: FlexScanner): Directive | undefined {
  if (!scanner.word('%dw')) return undefined;
  scanner.space();
  return scanner.take(/[0-9]\.[0-9]/y) === undefined ? undefined : ignored;
}

/** Import :: "import" Element ("," Element)* "from" Module */
function importFrom(scanner: FlexScanner): Directive | undefined {
  if (!scanner.word('import')) return undefined;
  scanner.space();
  const elements: ImportedElement[] = [];
  let element = importedElement(scanner);
  while (element !== undefined) {
    elements.push(element);
    element = scanner.attempt(() => (scanner.word(',') ? importedElement(scanner) : undefined));
  }
  scanner.space();
  if (elements.length === 0 || !scanner.word('from')) return undefined;
  const module = moduleName(scanner);
  return module === undefined ? undefined : { kind: 'import', module, elements };
}

/** Import :: "import" Module */
function importModule(scanner: FlexScanner): Directive | undefined {
  if (!scanner.word('import')) return undefined;
  scanner.space();
  const module = moduleName(scanner);
  return module === undefined ? undefined : { kind: 'import', module, elements: [] };
}

/** Element :: "*" | Name Alias? */
function importedElement(scanner: FlexScanner): ImportedElement | undefined {
  if (scanner.word('*')) return { name: '*', alias: undefined };
  const name = scanner.identifier();
  return name === undefined ? undefined : { name: name.text, alias: alias(scanner) };
}

/** Module :: Name ("::" Name)* Alias? */
function moduleName(scanner: FlexScanner): string | undefined {
  scanner.space();
  const module = scanner.qualifiedIdentifier();
  alias(scanner);
  return module?.text;
}

/** Alias :: "as" Name */
function alias(scanner: FlexScanner): string | undefined {
  return scanner.attempt(() => {
    scanner.space();
    if (!scanner.word('as')) return undefined;
    scanner.space();
    return scanner.identifier()?.text;
  });
}

/** Namespace :: "ns" Name Uri */
function namespace(scanner: FlexScanner): Directive | undefined {
  if (!scanner.word('ns')) return undefined;
  scanner.space();
  const prefix = scanner.qualifiedIdentifier();
  scanner.space();
  if (prefix === undefined || scanner.take(/[^ \n\r\t]+/y) === undefined) return undefined;
  return { kind: 'namespace', prefix: prefix.text };
}

/** Input :: "input" Name Format */
function input(scanner: FlexScanner): Directive | undefined {
  if (!scanner.word('input')) return undefined;
  scanner.space();
  return scanner.identifier() === undefined ? undefined : format(scanner);
}

/** Output :: "output" Format */
function output(scanner: FlexScanner): Directive | undefined {
  return scanner.word('output') ? format(scanner) : undefined;
}

/** Format :: ( MediaType | Name ) ( Option ( "," Option )* )? */
function format(scanner: FlexScanner): Directive | undefined {
  scanner.space();
  const type = scanner.take(/[A-Za-z0-9]+\/[A-Za-z0-9._+-]+/y) ?? scanner.identifier();
  if (type === undefined) return undefined;
  scanner.space();
  let more = scanner.attempt(() => option(scanner));
  while (more !== undefined) more = scanner.attempt(() => (scanner.word(',') ? option(scanner) : undefined));
  return ignored;
}

/** Option :: Name "=" Literal     It is skipped: no option changes the value of a claim. */
function option(scanner: FlexScanner): true | undefined {
  if (scanner.identifier() === undefined) return undefined;
  scanner.space();
  if (!scanner.word('=')) return undefined;
  scanner.space();
  const literal = /'(?:[^'$\\]|\\.)*'|"(?:[^"$\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?|null|true|false/sy;
  return scanner.take(literal) === undefined ? undefined : true;
}
