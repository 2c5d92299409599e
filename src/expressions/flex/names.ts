/**
 * @module
 * Checks every name of an expression before anything is evaluated, as Flex Gateway's compiler does: also in parts that
 * no request will reach.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { inputNames } from '../bindings.ts';
import { childrenOf, type Node, type QualifiedName, type Reference } from './ast.ts';
import { constructs } from './constructs.ts';
import { dataweaveFunctions } from './dataweave-names.ts';
import type { Header } from './directives.ts';
import { functionRows, functionValues, qualifiedFunctionNames } from './functions/index.ts';

/** @throws LocatedError `dataweave.unknown-name`, `dataweave.unsupported`, `dataweave.unknown-prefix` */
export function checkNames(source: SourceText, header: Header, node: Node): void {
  if (node.kind === 'reference') checkReference(source, header, node);
  else if (node.kind === 'qualified') checkPrefix(source, header, node);
  else for (const child of childrenOf(node)) checkNames(source, header, child);
}

function checkPrefix(source: SourceText, header: Header, node: QualifiedName): void {
  if (header.prefixes.has(node.prefix)) return;
  throw new LocatedError(
    problemAt(source, node.start, 'dataweave.unknown-prefix', {
      message: `The namespace prefix \`${node.prefix}\` is not declared.`,
      suggestion: "Write the name in quotes, `.'a#b'`, where it is not an XML name.",
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
  const { code, message, suggestion } =
    notImported(node) ?? aliased(header, node) ?? notInFlex(node) ?? notKnown(source, node);
  return new LocatedError(problemAt(source, node.start, code, { message, suggestion }));
}

interface Explanation {
  readonly code: Code;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

function notImported({ name, written }: Reference): Explanation | undefined {
  const row = functionRows.find((candidate) => candidate.name === name);
  if (row === undefined) return undefined;
  return {
    code: 'dataweave.unknown-name',
    message: `The function \`${written}\` is not imported.`,
    suggestion: `Write \`${row.module}::${name}\`, or \`import ${name} from ${row.module} ---\` before the expression.`,
  };
}

function aliased(header: Header, { name }: Reference): Explanation | undefined {
  const element = header.imports.flatMap(({ elements }) => elements).find(({ alias }) => alias === name);
  if (element === undefined) return undefined;
  return {
    code: 'dataweave.unsupported',
    message: `Flex Gateway does not support calling an import by another name, \`${name}\`.`,
    suggestion: `Write \`${element.name}\`.`,
  };
}

function notInFlex({ name }: Reference): Explanation | undefined {
  if (name === 'to') {
    const { name: ranges, suggestion } = constructs.range;
    return { code: 'dataweave.unsupported', message: `Flex Gateway does not support ${ranges}.`, suggestion };
  }
  if (!dataweaveFunctions.has(name)) return undefined;
  const message = `Flex Gateway does not support the function \`${name}\`.`;
  return { code: 'dataweave.unsupported', message, suggestion: didYouMean(name) };
}

function notKnown(source: SourceText, { name, written, start }: Reference): Explanation {
  const isInterpolated = source.text.charAt(start - 1) === '$';
  return {
    code: 'dataweave.unknown-name',
    message: `\`${written}\` is neither an input nor a function.`,
    suggestion: isInterpolated
      ? 'A dollar sign in a string is written `\\$`.'
      : (didYouMean(name) ?? 'The inputs are `attributes` and `authentication`; a string is written in quotes.'),
  };
}

function didYouMean(name: string): string | undefined {
  const near = nearest(name, [...inputNames, ...functionValues.keys()]);
  if (near === undefined) return undefined;
  const row = functionRows.find((candidate) => candidate.name === near);
  const path = row === undefined || row.module === 'dw::Core' ? '' : ` (\`${row.module}::${near}\`)`;
  return `Did you mean \`${near}\`${path}?`;
}
