/**
 * @module
 * A name or value in a Flex policy: an expression or a literal string.
 *
 * The vendor does not document how the two are distinguished; docs/dialects/flex.md documents our choice.
 */

import { type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type CompiledExpression, compileExpression, type ProfileName } from '../../expressions/expression.ts';

export type FlexText =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: CompiledExpression };

/** A single quoted string without interpolation, which the vendor's examples use as a literal: `'key-1'`. */
const quoted = /^(?:'(?:[^'\\$]|\\[\s\S])*'|"(?:[^"\\$]|\\[\s\S])*")$/;

/** Undefined if the expression does not compile; the reason is reported. */
export function readFlexText(source: SourceText, profile: ProfileName, problems: Problems): FlexText | undefined {
  const start = source.text.length - source.text.trimStart().length;
  const end = source.text.trimEnd().length;
  const trimmed = source.text.slice(start, end);
  if (trimmed.startsWith('#[') && trimmed.endsWith(']')) {
    return compile(source.slice(start + 2, end - 1), profile, problems);
  }
  if (quoted.test(trimmed)) return compile(source.slice(start, end), profile, problems);
  const inner = /#\[.*\]/s.exec(trimmed);
  if (inner !== null) problems.add(templateWarning(source, start + inner.index, trimmed, inner));
  return { kind: 'literal', text: source.text };
}

function compile(source: SourceText, profile: ProfileName, problems: Problems): FlexText | undefined {
  const expression = problems.attempt(() => compileExpression(source, { profile }));
  return expression === undefined ? undefined : { kind: 'expression', expression };
}

function templateWarning(source: SourceText, offset: number, text: string, inner: RegExpExecArray) {
  const before = text.slice(0, inner.index);
  const after = text.slice(inner.index + inner[0].length);
  const parts = [before === '' ? '' : quote(before), `(${inner[0].slice(2, -1)})`, after === '' ? '' : quote(after)];
  return problemAt(source, offset, 'policy.template', {
    message: 'This is a literal string: the gateway does not evaluate the `#[…]` in it.',
    suggestion: `To insert the value of the expression, write #[${parts.filter((part) => part !== '').join(' ++ ')}].`,
  });
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('$', '\\$')}'`;
}
