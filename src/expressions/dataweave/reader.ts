/**
 * @module
 * Reads the text of an expression: whitespace and comments, words, symbols, and the error for an unexpected token.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { LocatedError, type Problem, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { insteadOfSymbol } from '../habits.ts';
import { limits } from '../limits.ts';
import { dataweaveLimits } from './bounds.ts';
import type { LambdaNode, Node, NodeBody } from './syntax.ts';

/** Words that cannot be used as names. A member with such a name is written in quotes. */
export const reservedWords: ReadonlySet<string> = new Set(
  `and as async case default do else enum false for fun if import input is ns null or output private throw true type
   unless using var yield`.split(/\s+/),
);

const whitespace = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const wordPattern = /[A-Za-z][A-Za-z0-9_]*/y;

/** A syntax error. `offset` is its place in the expression, counted as the `start` of a node. */
export class ParseError extends LocatedError {
  readonly offset: number;
  /** The start of an `if` or `unless` without `else`, if that is the error. */
  readonly withoutElse: number | undefined;

  constructor(problem: Problem, offset: number, withoutElse?: number) {
    super(problem);
    this.offset = offset;
    this.withoutElse = withoutElse;
  }
}

/** Options for the flex profile, which parses what its own grammar refused. */
export interface Reading {
  /** The offset to start at. */
  readonly from?: number;
  /** Called with each node as it is made, children first, including the nodes before a syntax error. */
  readonly notice?: (node: Node) => void;
}

export class Reader {
  readonly source: SourceText;
  readonly text: string;
  at: number;
  readonly #notice: Reading['notice'];
  #nesting = 0;

  constructor(source: SourceText, { from = 0, notice }: Reading = {}) {
    this.source = source;
    this.text = source.text;
    this.at = from;
    this.#notice = notice;
  }

  /** Reads what the pattern matches at this place. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  space(): void {
    this.take(whitespace);
  }

  /** Reads this symbol after whitespace; false if something else comes next. */
  symbol(symbol: string): boolean {
    this.space();
    if (!this.text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    return true;
  }

  /** Whether this symbol comes next, without reading it. */
  isNext(symbol: string, afterSpace: boolean): boolean {
    const before = this.at;
    if (afterSpace) this.space();
    const isThere = this.text.startsWith(symbol, this.at);
    this.at = before;
    return isThere;
  }

  expect(symbol: string): void {
    if (!this.symbol(symbol)) throw this.unexpected(`\`${symbol}\``);
  }

  /** The next word after whitespace, without reading it. */
  peekWord(): string | undefined {
    this.space();
    wordPattern.lastIndex = this.at;
    return wordPattern.exec(this.text)?.[0];
  }

  /** Reads this word after whitespace; false if something else comes next. */
  word(word: string): boolean {
    if (this.peekWord() !== word) return false;
    this.at += word.length;
    return true;
  }

  /** Reads a name that is not a reserved word. */
  name(what: string): string {
    const word = this.peekWord();
    if (word === undefined || reservedWords.has(word)) throw this.unexpected(what);
    this.at += word.length;
    return word;
  }

  /** Reads the inside of brackets, which may be nested up to a limit. */
  nested<T>(read: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > limits.nesting) throw this.tooDeep();
    try {
      return read();
    } finally {
      this.#nesting -= 1;
    }
  }

  node(
    start: number,
    body: NodeBody & { readonly kind: 'lambda' },
    ...children: readonly (Node | undefined)[]
  ): LambdaNode;
  node(start: number, body: NodeBody, ...children: readonly (Node | undefined)[]): Node;
  node(start: number, body: NodeBody, ...children: readonly (Node | undefined)[]): Node {
    let [height, size] = [0, 1];
    for (const child of children) {
      if (child === undefined) continue;
      height = Math.max(height, child.height);
      size += child.size;
    }
    if (height >= dataweaveLimits.treeHeight) throw this.tooDeep();
    const node = { ...body, start, height: height + 1, size };
    this.#notice?.(node);
    return node;
  }

  tooDeep(): ParseError {
    return this.fail('dataweave.too-deep', 'The expression is nested too deeply.', 'Move parts of it into variables.');
  }

  fail(code: Code, message: string, suggestion?: string, at: number = this.at): ParseError {
    return new ParseError(problemAt(this.source, at, code, { message, suggestion }), at);
  }

  /** @param wanted completes the sentence "expected …" */
  unexpected(wanted: string, suggestion?: string): ParseError {
    this.space();
    const word = /^(?:\w{1,64}(?!\w)|.)/su.exec(this.text.slice(this.at))?.[0];
    const message =
      word === undefined
        ? `The expression ends too early: expected ${wanted}.`
        : `\`${word}\` is not expected here: expected ${wanted}.`;
    return this.fail('dataweave.unexpected-token', message, insteadOfSymbol(this.text, this.at) ?? suggestion);
  }
}

/** What the files of the grammar need from the parser, which imports them. */
export interface Grammar {
  readonly reader: Reader;
  expression(): Node;
  /** An expression before `->`: a parenthesis at its start does not begin the parameters of a lambda. */
  guard(): Node;
}
