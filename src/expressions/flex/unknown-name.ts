/**
 * @module
 * Explains what is wrong with a name that Flex Gateway does not know: it is not imported, it exists only in DataWeave,
 * or it is mistyped. This module loads the DataWeave engine for its names, and is loaded only when a name is refused.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { nearest } from '../../diagnostics/suggest.ts';
import { inputNames } from '../bindings.ts';
import { isFunctionName } from '../dataweave/modules.ts';
import { insteadOfName } from '../habits.ts';
import type { QualifiedName, Reference } from './ast.ts';
import { constructs, type Explanation, insteadOfFunction, insteadOfQuote, notSupported } from './constructs.ts';
import type { Header } from './directives.ts';
import { functionRows, functionValues } from './functions/index.ts';
import type { Name } from './names.ts';

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
    suggestion: "If the name is not an XML name, write it in quotes, as in `.'a#b'`.",
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
  return notSupported({ name: `the import alias \`${name}\``, suggestion: `Write \`${element.name}\`.` });
}

function notInFlex({ name }: Reference): Explanation | undefined {
  if (name === 'to') return notSupported(constructs.range);
  if (!isFunctionName(name)) return undefined;
  return notSupported({ name: `the function \`${name}\``, suggestion: insteadOfFunction(name) ?? didYouMean(name) });
}

function notKnown({ text }: SourceText, { name, written, start, end }: Reference): Explanation {
  const before = text.charAt(start - 1);
  return {
    code: 'dataweave.unknown-name',
    message: `\`${written}\` is neither an input nor a function.`,
    suggestion:
      (before === '$' ? 'Write a dollar sign in a string as `\\$`.' : undefined) ??
      (isQuote(before) && before === text.charAt(end) ? insteadOfQuote(before) : undefined) ??
      insteadOfName(written) ??
      didYouMean(name) ??
      'The inputs are `attributes` and `authentication`. Write a string in quotes.',
  };
}

function isQuote(character: string): boolean {
  return character === "'" || character === '"';
}

function didYouMean(name: string): string | undefined {
  const near = nearest(name, [...inputNames, ...functionValues.keys()]);
  if (near === undefined) return undefined;
  const row = functionRows.find((candidate) => candidate.name === near);
  const path = row === undefined || row.module === 'dw::Core' ? '' : ` (\`${row.module}::${near}\`)`;
  return `Did you mean \`${near}\`${path}?`;
}
