/**
 * @module
 * A name or value in a Flex policy: an expression or a literal string.
 *
 * The vendor does not document how the two are distinguished; docs/dialects/flex.md documents our choice.
 */

import { type Problem, type ProblemDetails, type Problems, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { KnownCallers } from '../../expressions/caller-objects.ts';
import { type CompiledExpression, compileExpression, type ProfileName } from '../../expressions/expression.ts';
import { checkReads } from '../../expressions/member-check.ts';
import type { MemberRead } from '../../expressions/member-reads.ts';
import { isShown, lookalike } from './lookalikes.ts';

export type FlexText =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'expression'; readonly expression: CompiledExpression };

export interface TextReader {
  readonly profile: ProfileName;
  /** What the sources of the caller know; undefined without a configuration. */
  readonly callers: readonly KnownCallers[] | undefined;
  /** Gets what the expressions read. */
  readonly reads: MemberRead[];
  readonly problems: Problems;
}

/** A single quoted string without interpolation, which the vendor's examples use as a literal: `'key-1'`. */
const quoted = /^(?:'(?:[^'\\$]|\\[\s\S])*'|"(?:[^"\\$]|\\[\s\S])*")$/;

/** Undefined if the expression does not compile; the reason is reported. */
export function readFlexText(source: SourceText, reader: TextReader): FlexText | undefined {
  const start = source.text.length - source.text.trimStart().length;
  const end = source.text.trimEnd().length;
  const trimmed = source.text.slice(start, end);
  if (trimmed.startsWith('#[') && trimmed.endsWith(']')) {
    if (hasSpaces(source.text, start, end)) reader.problems.add(spacesWarning(source));
    return compile(source.slice(start + 2, end - 1), reader);
  }
  if (quoted.test(trimmed)) return compile(source.slice(start, end), reader);
  const warning = literalWarning(source, start, trimmed);
  if (warning !== undefined) reader.problems.add(warning);
  return { kind: 'literal', text: source.text };
}

function compile(source: SourceText, { profile, callers, reads, problems }: TextReader): FlexText | undefined {
  const expression = problems.attempt(() => compileExpression(source, { profile }));
  if (expression === undefined) return undefined;
  checkReads(source, expression.reads, callers, problems);
  reads.push(...expression.reads);
  return { kind: 'expression', expression };
}

/** Spaces around an expression; a line break after it is a YAML block's own. */
function hasSpaces(text: string, start: number, end: number): boolean {
  return start > 0 || /[^\r\n]/.test(text.slice(end));
}

function spacesWarning(source: SourceText): Problem {
  return problemAt(source, 0, 'flex.spaces-around-expression', {
    message: 'The value has spaces around `#[…]`. mintproc evaluates it; the gateway may write it as a literal string.',
    suggestion: 'Remove the spaces around the expression.',
  });
}

/** The warning about a literal that looks like an expression; undefined if it does not. */
function literalWarning(source: SourceText, start: number, trimmed: string): Problem | undefined {
  if (/^\$[A-Za-z_]\w*$/.test(trimmed))
    return problemAt(source, start, 'flex.environment-variable', environmentVariable);
  const [begin, end] = [trimmed.indexOf('#['), trimmed.lastIndexOf(']')];
  if (begin !== -1 && end > begin) return templateWarning(source, start + begin, trimmed, [begin, end]);
  const found = lookalike(trimmed);
  if (found === undefined) return undefined;
  const { at, because, expression, suggestion } = found;
  return problemAt(source, start + at, 'policy.template', {
    message: `This is a literal string: ${because}.`,
    suggestion: suggestion ?? (expression === undefined ? joined : `To evaluate it, write #[${expression}].`),
  });
}

const joined = 'Write `#[…]` as the whole value, and join its parts with `++`.';

const environmentVariable: ProblemDetails = {
  message:
    'In local mode, the gateway replaces this name with the value of its environment variable. Here it is a literal string.',
  suggestion: 'Write the value.',
};

/** @param inner where the `#[` begins, and where its `]` is */
function templateWarning(
  source: SourceText,
  offset: number,
  text: string,
  [begin, end]: readonly [number, number],
): Problem {
  const before = text.slice(0, begin);
  const after = text.slice(end + 1);
  const parts = [
    before === '' ? '' : quote(before),
    `(${text.slice(begin + 2, end)})`,
    after === '' ? '' : quote(after),
  ];
  return problemAt(source, offset, 'policy.template', {
    message: 'This is a literal string: the gateway does not evaluate the `#[…]` in it.',
    suggestion: isShown(text)
      ? `To insert the value of the expression, write #[${parts.filter((part) => part !== '').join(' ++ ')}].`
      : joined,
  });
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('$', '\\$')}'`;
}
