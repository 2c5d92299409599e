/**
 * @module
 * Explains why Flex Gateway's grammar refuses an expression: it uses something of DataWeave that Flex Gateway does not
 * support, it breaks a rule that only Flex Gateway has, or it is valid in neither language. This module loads the
 * DataWeave engine, and is loaded only when an expression is refused.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { insteadOfSymbol } from '../habits.ts';
import {
  type ConstructName,
  constructs,
  type Explanation,
  insteadOfFunction,
  insteadOfQuote,
  notSupported,
} from './constructs.ts';
import type { ParseResult } from './grammar.ts';
import { type Finding, findUnsupported } from './unsupported.ts';

type Refused = ParseResult & { readonly ok: false };

/**
 * DataWeave's grammar says what it expects at an offset, which our grammar does not. Its error is not used if it is at
 * an offset that Flex Gateway accepts, such as a namespace, or if the expression is well formed and refused for another
 * reason.
 */
export function diagnose(source: SourceText, { at, headerEnd }: Refused): LocatedError {
  const { first, refusal } = findUnsupported(source, headerEnd, at);
  if (first !== undefined) {
    const habitAt = placeOfHabit(first, source.text);
    if (habitAt !== undefined) return unexpected(source, habitAt);
    const { code, message, suggestion } = explain(first);
    return new LocatedError(problemAt(source, first.at, code, { message, suggestion }));
  }
  const isMistake = refusal?.problem.code === 'dataweave.unexpected-token' && refusal.offset >= at;
  return isMistake && habit(source.text, at) === undefined ? refusal : unexpected(source, at);
}

const condition = /if\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?=then\b)/y;

/** The constructs whose symbols other languages have with another meaning: `===`, `{{x}}`, `${x}`, `then`. */
const alsoElsewhere: ReadonlySet<ConstructName> = new Set(['equals', 'object', 'parameter', 'elseless']);

/** The place of what is better explained by another language; undefined if there is none. */
function placeOfHabit(finding: Finding, text: string): number | undefined {
  if (finding.kind !== 'construct' || !alsoElsewhere.has(finding.construct)) return undefined;
  condition.lastIndex = finding.at;
  const at = condition.test(text) ? condition.lastIndex : finding.at;
  return insteadOfSymbol(text, at) === undefined ? undefined : at;
}

const longestQuote = 60;

function explain(finding: Finding): Explanation {
  switch (finding.kind) {
    case 'construct':
      return notSupported(constructs[finding.construct]);
    case 'function':
      return notSupported({
        name: `the function \`${finding.name}\``,
        suggestion: insteadOfFunction(finding.name),
      });
    case 'unquoted':
      return {
        code: 'dataweave.quotes-needed',
        message: `The name \`${finding.name}\` needs quotes after a dot.`,
        suggestion: `Write \`.'${finding.name}'\`.`,
      };
    case 'item':
      return {
        code: 'dataweave.parentheses-needed',
        message: 'An array item that is not a simple value needs parentheses.',
        suggestion: `Write \`(${finding.text.length > longestQuote ? '…' : finding.text})\`.`,
      };
    case 'trailing-comma':
      return {
        code: 'dataweave.unexpected-token',
        message: 'An array must not end with a comma.',
        suggestion: 'Remove the comma.',
      };
  }
}

function unexpected(source: SourceText, at: number): LocatedError {
  const rest = source.text.slice(at);
  const word = /^\s*(\w{1,64}(?!\w)|.)/su.exec(rest)?.[1];
  const message = word === undefined ? 'The expression ends too early.' : `\`${word}\` is not expected here.`;
  return new LocatedError(
    problemAt(source, at, 'dataweave.unexpected-token', { message, suggestion: habit(source.text, at) }),
  );
}

/** Complete strings and the text between them, then an opening quote without its closing quote. */
const openString = /^(?:[^'"]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*(?:'(?:[^'\\]|\\.)*|"(?:[^"\\]|\\.)*)$/s;

/** A string such as `'it's'`, and the rest of it up to the next quote, which nothing closes. */
const closedTooEarly = /(['"])[^'"]*\1\w+[^'"]*\1$/;

/** Rules about whitespace and operands that Flex Gateway has and DataWeave does not. */
const habits: readonly (readonly [before: RegExp, after: RegExp, suggestion: string])[] = [
  [openString, /^$/, 'Close the string with the same quote that opens it.'],
  [/['"]\$$/, /^['"]/, 'Write a dollar sign in a string as `\\$`.'],
  [/\bimport\s[^\n]*,$/, /^\s/, 'Remove the whitespace after the comma.'],
  [/\.$/, /^\s/, 'Remove the whitespace after the dot.'],
  [/\(\s*$/, /^\s*\)/, 'Write `()` without whitespace.'],
  [/[)\]\w]\s+$/, /^\(/, 'Remove the whitespace before the parenthesis.'],
  [/\b(?:NOT|AND|OR|IF|ELSE)\s+$/, /^/, 'Write the operator in lower case.'],
  [/(?:^|[\s(,[])$/, /^\.\d/, 'Write a digit before the point, as in `0.5`.'],
  [/\b0[xX][0-9A-Fa-f]+$/, /^/, 'Write the number in decimal digits.'],
  [/!\s*$/, /^/, 'Remove the `!`. It has no effect in Flex Gateway.'],
  [/(?:\b(?:default|and|or|else)|\+\+|--|[=<>]|!=)\s*$/, /^\s*$/, 'Write the operand on the right side.'],
];

function habit(text: string, at: number): string | undefined {
  const before = text.slice(0, at);
  const after = text.slice(at);
  const quote = after === '' ? closedTooEarly.exec(before)?.[1] : undefined;
  if (quote !== undefined && openString.test(before)) return insteadOfQuote(quote);
  const instead = insteadOfSymbol(text, at + (/^\s*/.exec(after)?.[0].length ?? 0));
  if (instead !== undefined) return instead;
  return habits.find(([left, right]) => left.test(before) && right.test(after))?.[2];
}
