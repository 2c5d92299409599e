/**
 * @module
 * Checks every name of an expression before anything is evaluated, as Flex Gateway's compiler does: also in parts that
 * no request will reach. `unknown-name.ts` says what is wrong with one.
 */
import { inputNames } from '../bindings.ts';
import { childrenOf, type Node, type QualifiedName, type Reference } from './ast.ts';
import type { Header } from './directives.ts';
import { functionValues, qualifiedFunctionNames } from './functions/index.ts';

export type Name = Reference | QualifiedName;

/** The first name, from left to right, that stands for nothing. */
export function findUnknownName(header: Header, node: Node): Name | undefined {
  if (node.kind === 'reference') return isReferenceKnown(header, node) ? undefined : node;
  if (node.kind === 'qualified') return header.prefixes.has(node.prefix) ? undefined : node;
  for (const child of childrenOf(node)) {
    const unknown = findUnknownName(header, child);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function isReferenceKnown(header: Header, { name, written }: Reference): boolean {
  return written.includes('::') ? qualifiedFunctionNames.has(written) : isKnown(name, header);
}

/**
 * An input, a function of dw::Core, or something imported. The vendor follows an import's alias when it checks names
 * and forgets it when it evaluates, so an alias works only where it is itself the name of a function.
 */
function isKnown(name: string, header: Header): boolean {
  if ((inputNames as readonly string[]).includes(name)) return true;
  return qualifiedFunctionNames.has(`dw::Core::${name}`) || (functionValues.has(name) && isImported(name, header));
}

function isImported(name: string, header: Header): boolean {
  return header.imports.some(({ module, elements }) =>
    elements.some((element) => {
      if (element.name === '*') return qualifiedFunctionNames.has(`${module}::${name}`);
      return (
        (element.name === name || element.alias === name) && qualifiedFunctionNames.has(`${module}::${element.name}`)
      );
    }),
  );
}
