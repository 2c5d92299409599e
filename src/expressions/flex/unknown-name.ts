/**
 * @module
 * Says what is wrong with a name that stands for nothing in Flex Gateway: not imported, of DataWeave alone, or mistyped.
 * Loads the engine of DataWeave for its names, and is itself loaded only when a name is refused.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { inputNames } from '../bindings.ts';
import { isFunctionName } from '../dataweave/modules.ts';
import type { QualifiedName, Reference } from './ast.ts';
import { constructs } from './constructs.ts';
import type { Header } from './directives.ts';
import { functionRows, functionValues } from './functions/index.ts';
import type { Name } from './names.ts';

interface Explanation {
  readonly code: Code;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** @returns an error `dataweave.unknown-name`, `dataweave.unsupported` or `dataweave.unknown-prefix` */
export function explainUnknownName(source: SourceText, header: Header, name: Name): LocatedError {
  const { code, message, suggestion } =
    name.kind === 'qualified' ? unknownPrefix(name) : unknownReference(source, header, name);
  return new LocatedError(problemAt(source, name.start, code, { message, suggestion }));
}

function unknownPrefix({ prefix }: QualifiedName): Explanation {
  return {
    code: 'dataweave.unknown-prefix',
    message: `The namespace prefix \`${prefix}\` is not declared.`,
    suggestion: "Write the name in quotes, `.'a#b'`, where it is not an XML name.",
  };
}

function unknownReference(source: SourceText, header: Header, node: Reference): Explanation {
  return notImported(node) ?? aliased(header, node) ?? notInFlex(node) ?? notKnown(source, node);
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
  if (!isFunctionName(name)) return undefined;
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
