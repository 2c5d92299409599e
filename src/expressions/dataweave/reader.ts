/**
 * @module
 * Walks over the text of an expression: blanks and comments, words, symbols, and the error for what is not expected.
 */
import type { Code } from '../../diagnostics/codes.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { limits } from '../limits.ts';
import { dataweaveLimits } from './bounds.ts';
import type { Node, NodeBody } from './syntax.ts';

/** Words that name nothing: a member of such a name is written in quotes. */
export const reservedWords: ReadonlySet<string> = new Set(
  `and as async case default do else enum false for fun if import input is ns null or output private throw true type
   unless using var yield`.split(/\s+/),
);

const blanks = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const wordPattern = /[A-Za-z][A-Za-z0-9_]*/y;

export class Reader {
  readonly source: SourceText;
  readonly text: string;
  at = 0;
  #nesting = 0;

  constructor(source: SourceText) {
    this.source = source;
    this.text = source.text;
  }

  /** What the pattern matches right here, which is then read. */
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
    this.take(blanks);
  }

  /** Whether a symbol comes next, after blanks; it is then read. */
  symbol(symbol: string): boolean {
    this.space();
    if (!this.text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    return true;
  }

  expect(symbol: string): void {
    if (!this.symbol(symbol)) throw this.unexpected(`\`${symbol}\``);
  }

  /** The word that comes next, after blanks, without reading it. */
  peekWord(): string | undefined {
    this.space();
    wordPattern.lastIndex = this.at;
    return wordPattern.exec(this.text)?.[0];
  }

  /** Whether this word comes next, after blanks; it is then read. */
  word(word: string): boolean {
    if (this.peekWord() !== word) return false;
    this.at += word.length;
    return true;
  }

  /** A name of the author's choice. */
  name(what: string): string {
    const word = this.peekWord();
    if (word === undefined || reservedWords.has(word)) throw this.unexpected(what);
    this.at += word.length;
    return word;
  }

  /** Reads what stands inside brackets, at most so many inside each other. */
  nested<T>(read: () => T): T {
    this.#nesting += 1;
    if (this.#nesting > limits.nesting) throw this.tooDeep();
    try {
      return read();
    } finally {
      this.#nesting -= 1;
    }
  }

  node(start: number, body: NodeBody, ...children: readonly (Node | undefined)[]): Node {
    let [height, size] = [0, 1];
    for (const child of children) {
      if (child === undefined) continue;
      height = Math.max(height, child.height);
      size += child.size;
    }
    if (height >= dataweaveLimits.treeHeight) throw this.tooDeep();
    return { ...body, start, height: height + 1, size };
  }

  tooDeep(): LocatedError {
    return this.fail('dataweave.too-deep', 'The expression is nested too deeply.', 'Move parts of it into variables.');
  }

  fail(code: Code, message: string, suggestion?: string, at: number = this.at): LocatedError {
    return new LocatedError(problemAt(this.source, at, code, { message, suggestion }));
  }

  /** @param wanted completes "expected …" */
  unexpected(wanted: string, suggestion?: string): LocatedError {
    this.space();
    const word = /^(?:\w{1,64}(?!\w)|.)/su.exec(this.text.slice(this.at))?.[0];
    const message =
      word === undefined
        ? `The expression ends too early: expected ${wanted}.`
        : `\`${word}\` is not expected here: expected ${wanted}.`;
    return this.fail('dataweave.unexpected-token', message, suggestion);
  }
}

/** What the parts of the grammar call for an expression inside them; they stand in files of their own. */
export interface Grammar {
  readonly reader: Reader;
  /** A whole expression. */
  expression(): Node;
  /** An expression that a lambda's `->` may follow: the parenthesis at its start is no list of parameters. */
  guard(): Node;
}
