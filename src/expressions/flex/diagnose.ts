/**
 * @module
 * Says what is wrong with an expression that Flex Gateway's grammar does not accept: it uses something of DataWeave
 * that Flex Gateway lacks, meets one of its habits, or is not well formed in either language. Loads the engine of
 * DataWeave, and is itself loaded only when an expression is refused.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type Construct, constructs } from './constructs.ts';
import type { FlexReading } from './grammar.ts';
import { type Finding, findLacking } from './lacking.ts';

type Refused = FlexReading & { readonly ok: false };

/**
 * DataWeave's grammar says what it expects at a place, which is more than ours does. It is not asked about a place that
 * Flex Gateway has no trouble with, such as a namespace, nor about what is well formed and refused for other reasons.
 */
export function diagnose(source: SourceText, { at, headerEnd }: Refused): LocatedError {
  const { first, refusal } = findLacking(source, headerEnd, at);
  if (first !== undefined) {
    const { code, message, suggestion } = explain(first);
    return new LocatedError(problemAt(source, first.at, code, { message, suggestion }));
  }
  const isMistake = refusal?.problem.code === 'dataweave.unexpected-token' && refusal.offset >= at;
  return isMistake && habit(source.text, at) === undefined ? refusal : unexpected(source, at);
}

interface Explanation {
  readonly code: Code;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

const longestQuote = 60;

function explain(finding: Finding): Explanation {
  switch (finding.kind) {
    case 'construct':
      return unsupported(constructs[finding.construct]);
    case 'function':
      return unsupported({ name: `the function \`${finding.name}\`` });
    case 'unquoted':
      return {
        code: 'dataweave.quotes-needed',
        message: `\`${finding.name}\` after a dot needs quotes.`,
        suggestion: `Write \`.'${finding.name}'\`.`,
      };
    case 'item':
      return {
        code: 'dataweave.parentheses-needed',
        message: 'An item of an array that is more than a value needs parentheses.',
        suggestion: `Write \`(${finding.text.length > longestQuote ? '…' : finding.text})\`.`,
      };
    case 'trailing-comma':
      return {
        code: 'dataweave.unexpected-token',
        message: 'A comma stands before the closing bracket.',
        suggestion: 'Remove the comma.',
      };
  }
}

function unsupported({ name, suggestion }: Construct): Explanation {
  return { code: 'dataweave.unsupported', message: `Flex Gateway does not support ${name}.`, suggestion };
}

function unexpected(source: SourceText, at: number): LocatedError {
  const rest = source.text.slice(at);
  const word = /^\s*(\w{1,64}(?!\w)|.)/su.exec(rest)?.[1];
  const message = word === undefined ? 'The expression ends too early.' : `\`${word}\` is not expected here.`;
  return new LocatedError(
    problemAt(source, at, 'dataweave.unexpected-token', { message, suggestion: habit(source.text, at) }),
  );
}

/** Whole strings and what stands between them, then a quote that no other one follows. */
const openString = /^(?:[^'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*(?:'(?:[^'\\]|\\.)*|"(?:[^"\\]|\\.)*)$/s;

/** Places where Flex Gateway is more particular about blanks than DataWeave. */
const habits: readonly (readonly [before: RegExp, after: RegExp, suggestion: string])[] = [
  [openString, /^$/, 'Close the string with the quote that begins it.'],
  [/['"]\$$/, /^['"]/, 'A dollar sign in a string is written `\\$`.'],
  [/\bimport\s[^\n]*,$/, /^\s/, 'Remove the blank after the comma.'],
  [/\.$/, /^\s/, 'Remove the blank after the dot.'],
  [/\.\s+$/, /^/, 'Remove the blank after the dot.'],
  [/\(\s*$/, /^\s*\)/, 'Write `()` without a blank.'],
  [/[)\]\w]\s+$/, /^\(/, 'Remove the blank before the parenthesis.'],
  [/!\s*$/, /^/, 'Remove the `!`: Flex Gateway does not check anything there.'],
  [/(?:\b(?:default|and|or|else)|\+\+|--|[=<>]|!=)\s*$/, /^\s*$/, 'Write what stands on the right side.'],
];

function habit(text: string, at: number): string | undefined {
  const before = text.slice(0, at);
  const after = text.slice(at);
  return habits.find(([left, right]) => left.test(before) && right.test(after))?.[2];
}
