/**
 * @module
 * Checks every name of an expression before anything is evaluated, as Flex Gateway's compiler does: also in parts that
 * no request will reach.
 */
import { LocatedError, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Node, QualifiedName, Reference } from './ast.ts';
import { inputNames } from './bindings.ts';
import { dataweaveFunctions } from './dataweave-names.ts';
import type { Header } from './flex-directives.ts';
import { functionRows, functionValues, qualifiedFunctionNames } from './functions/index.ts';

/** @throws LocatedError `dataweave.unknown-name`, `dataweave.unsupported`, `dataweave.unknown-prefix` */
export function checkNames(source: SourceText, header: Header, node: Node): void {
  if (node.kind === 'reference') checkReference(source, header, node);
  else if (node.kind === 'qualified') checkPrefix(source, header, node);
  else for (const child of children(node)) checkNames(source, header, child);
}

function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'array':
      return node.items;
    case 'select':
      return [node.target, node.selector];
    case 'call':
      return [node.callee, ...node.arguments];
    case 'not':
      return [node.operand];
    case 'if':
      return [node.condition, node.whenTrue, node.whenFalse];
    case 'default':
    case 'logical':
    case 'compare':
      return [node.left, node.right];
    default:
      return [];
  }
}

function checkPrefix(source: SourceText, header: Header, node: QualifiedName): void {
  if (header.prefixes.has(node.prefix)) return;
  throw new LocatedError(
    problemAt(source, node.start, 'dataweave.unknown-prefix', {
      message: `the namespace prefix \`${node.prefix}\` is not declared`,
      suggestion: "write the name in quotes, `.'a#b'`, where it is not an XML name",
    }),
  );
}

function checkReference(source: SourceText, header: Header, node: Reference): void {
  if (node.written.includes('::') ? qualifiedFunctionNames.has(node.written) : isKnown(node.name, header)) return;
  throw unknownName(source, header, node);
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

function unknownName(source: SourceText, header: Header, node: Reference): LocatedError {
  const { name, written } = node;
  const elsewhere = functionRows.find((row) => row.name === name);
  if (elsewhere !== undefined) {
    const suggestion = `write \`${elsewhere.module}::${name}\`, or \`import ${name} from ${elsewhere.module} ---\` before the expression`;
    return problem(source, node, 'dataweave.unknown-name', `the function \`${written}\` is not imported`, suggestion);
  }
  const aliased = header.imports.flatMap(({ elements }) => elements).find((element) => element.alias === name);
  if (aliased !== undefined) {
    const suggestion = `write \`${aliased.name}\``;
    return problem(
      source,
      node,
      'dataweave.unsupported',
      `Flex Gateway does not support calling an import by another name, \`${name}\``,
      suggestion,
    );
  }
  const near = nearest(name, [...inputNames, ...functionValues.keys()]);
  const suggestion = near === undefined ? undefined : `did you mean \`${near}\`?`;
  if (dataweaveFunctions.has(name)) {
    return problem(
      source,
      node,
      'dataweave.unsupported',
      `Flex Gateway does not support the function \`${name}\``,
      suggestion,
    );
  }
  return problem(
    source,
    node,
    'dataweave.unknown-name',
    `\`${written}\` is neither an input nor a function`,
    suggestion ?? inputsSuggestion,
  );
}

const inputsSuggestion = 'the inputs are `attributes` and `authentication`; a string is written in quotes';

function problem(
  source: SourceText,
  node: Node,
  code: 'dataweave.unknown-name' | 'dataweave.unsupported',
  message: string,
  suggestion: string | undefined,
): LocatedError {
  return new LocatedError(problemAt(source, node.start, code, { message, suggestion }));
}
