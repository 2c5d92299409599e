/**
 * @module
 * Reads the words of Flex Gateway's grammar, on demand.
 *
 * There is no list of tokens, because that grammar has no token boundaries: `trueorfalse` is `true or false`, `else2`
 * is `else 2`. The grammar asks for the word that it expects at a position. A method that does not find its word
 * returns undefined or false and does not move. The furthest position at which one failed is the place of the error.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { limits } from '../limits.ts';

/** Reserved words: not valid as names, not even after a dot. `not`, `match` and `to` are not reserved. */
export const flexKeywords: ReadonlySet<string> = new Set([
  ...['if', 'else', 'unless', 'using', 'as', 'is', 'null', 'true', 'false', 'default', 'case', 'fun', 'input'],
  ...['output', 'ns', 'type', 'import', 'var', 'and', 'or', 'throw', 'do', 'for', 'yield', 'enum', 'private', 'async'],
]);

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A letter, then letters, digits and `_`; or one of the two operators that are functions. */
const identifierSyntax = /[A-Za-z][A-Za-z0-9_]*|\+\+|--/y;
const numberSyntax = /-?[0-9]+(?:\.[0-9]+)?/y;
const whitespaceSyntax = /[ \t\n\r]*/y;
const commentSyntax = /(?:\/\/[^\n]*|\/\*.*?\*\/)[ \t\n\r]*/sy;

export class FlexScanner {
  readonly source: SourceText;
  readonly text: string;
  at = 0;
  /** The furthest offset at which a word was expected and not found. */
  furthest = 0;
  #nesting = 0;

  constructor(source: SourceText) {
    this.source = source;
    this.text = source.text;
  }

  get atEnd(): boolean {
    return this.at === this.text.length;
  }

  /** Takes the match of a sticky regular expression. If there is none, records a failure and returns undefined. */
  take(syntax: RegExp): string | undefined {
    syntax.lastIndex = this.at;
    const found = syntax.exec(this.text)?.[0];
    if (found === undefined) this.#missed();
    else this.at += found.length;
    return found;
  }

  /** Takes exactly these characters, whatever follows them. Records a failure if they are not there. */
  word(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) {
      this.#missed();
      return false;
    }
    this.at += word.length;
    return true;
  }

  /** Skips whitespace and comments, if any. */
  space(): void {
    this.take(whitespaceSyntax);
    for (;;) {
      commentSyntax.lastIndex = this.at;
      const found = commentSyntax.exec(this.text);
      if (found === null) return;
      this.at += found[0].length;
    }
  }

  /** Skips the separator of two directives: whitespace, then any comments. */
  separator(): boolean {
    if (!/[ \t\n\r]/.test(this.text.charAt(this.at))) return false;
    this.space();
    return true;
  }

  identifier(): Word | undefined {
    const start = this.at;
    const text = this.take(identifierSyntax);
    if (text === undefined) return undefined;
    if (flexKeywords.has(text)) {
      this.at = start;
      return undefined;
    }
    return { text, start, end: this.at };
  }

  /** `name` or `module::name`. A `::` without a name after it is not consumed. */
  qualifiedIdentifier(): Word | undefined {
    const first = this.identifier();
    if (first === undefined) return undefined;
    let last = first;
    for (;;) {
      const before = this.at;
      const next = this.word('::') ? this.identifier() : undefined;
      if (next === undefined) {
        this.at = before;
        return { text: this.text.slice(first.start, last.end), start: first.start, end: last.end };
      }
      last = next;
    }
  }

  number(): Word | undefined {
    const start = this.at;
    const text = this.take(numberSyntax);
    return text === undefined ? undefined : { text, start, end: this.at };
  }

  /** Runs `read` and restores the position if it returns undefined. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const start = this.at;
    const found = read();
    if (found === undefined) this.at = start;
    return found;
  }

  /**
   * Runs `read` one nesting level deeper.
   *
   * @throws LocatedError `dataweave.too-deep`
   */
  nested<T>(read: () => T | undefined): T | undefined {
    this.#nesting += 1;
    if (this.#nesting > limits.nesting) throw this.tooDeep(this.at);
    const found = read();
    this.#nesting -= 1;
    return found;
  }

  tooDeep(offset: number): LocatedError {
    return new LocatedError(
      problemAt(this.source, offset, 'dataweave.too-deep', {
        message: `The expression has more than ${limits.nesting} nested levels, or more than ${limits.treeDepth} levels in its syntax tree.`,
        suggestion: 'Split the expression into several claims, or remove parentheses that are not needed.',
      }),
    );
  }

  #missed(): void {
    if (this.at > this.furthest) this.furthest = this.at;
  }
}
