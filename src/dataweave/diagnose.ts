/**
 * @module
 * Says what is wrong with a text that Flex Gateway's grammar does not accept.
 */
import { LocatedError, problemAt } from '../diagnostics/problem.ts';
import type { SourceText } from '../diagnostics/source-text.ts';

/** @param at the furthest place at which the text still made sense */
export function diagnose(source: SourceText, at: number): LocatedError {
  const rest = source.text.slice(at).trim();
  const message = rest === '' ? 'the expression ends too early' : 'the expression is not well formed here';
  return new LocatedError(problemAt(source, at, 'dataweave.unexpected-token', { message }));
}
