/**
 * @module
 * Strings with `$(variable)`, which the gateway replaces with the variable's value.
 */
import type { JsonValue } from '../../diagnostics/json.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { exact } from '../exact-value.ts';
import { variableName } from './variable-names.ts';

export type InlinePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: SourceText };

export type Inline = { readonly ok: true; readonly pieces: readonly InlinePiece[] } | InlineExpression;

/** There is something other than a variable's name in `$(…)`. */
export interface InlineExpression {
  readonly ok: false;
  readonly at: SourceText;
  /** Whether it is complete; then it is JSONata, with operators, functions or predicates. */
  readonly isJsonata: boolean;
}

/** A string without `$(` is one piece. */
export function parseInline(source: SourceText): Inline {
  const { text } = source;
  const pieces: InlinePiece[] = [];
  let end = 0;
  for (let start = text.indexOf('$('); start !== -1; start = text.indexOf('$(', end)) {
    const close = text.indexOf(')', start);
    const name = close === -1 ? '' : text.slice(start + 2, close);
    if (!variableName.test(name)) return { ok: false, at: source.slice(start), isJsonata: close !== -1 };
    if (start > end) pieces.push({ kind: 'text', text: text.slice(end, start) });
    pieces.push({ kind: 'variable', name: source.slice(start + 2, close) });
    end = close + 1;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ kind: 'text', text: text.slice(end) });
  return { ok: true, pieces };
}

/**
 * A value as part of a string.
 *
 * @throws MintError `identity.inexact-number`
 */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(exact(value));
}
