/**
 * @module
 * Says what is wrong with a text that Flex Gateway's grammar does not accept: something of DataWeave that it has not,
 * one of its own habits, or plainly a mistake.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type Construct, constructs } from './constructs.ts';
import type { Finding } from './loose-reader.ts';
import { recognise } from './recognise.ts';

/** @param at the furthest place at which the text still made sense */
export function diagnose(source: SourceText, at: number): LocatedError {
  const [finding] = recognise(source.text);
  if (finding === undefined) return unexpected(source, at);
  const { code, message, suggestion } = explain(finding);
  return new LocatedError(problemAt(source, finding.at, code, { message, suggestion }));
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
