/**
 * @module
 * Checks every name of an expression before evaluating anything, as Flex Gateway's compiler does, even in parts that no
 * request reaches. `unknown-name.ts` explains what is wrong with a name.
 */
import { isInputName } from '../bindings.ts';
import { childrenOf, type Node, type QualifiedName, type Reference } from './ast.ts';
import type { Header } from './directives.ts';
import { functionValues, qualifiedFunctionNames } from './functions/index.ts';

export type Name = Reference | QualifiedName;

/** The first name, from left to right, that is not known. */
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
 * Whether a name is an input, a function of dw::Core, or imported. The vendor applies an import's alias when it checks
 * names and forgets it when it evaluates, so an alias works only if it is itself the name of a function.
 */
function isKnown(name: string, header: Header): boolean {
  if (isInputName(name)) return true;
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
