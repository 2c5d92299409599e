/**
 * @module
 * Reads DataWeave 2.x loosely, to find out which part of it an author has used that Flex Gateway has not.
 *
 * Runs only on text that Flex Gateway's grammar has already refused. It knows the shapes of the whole expression
 * language but not its precedence, which makes no difference to what is in a text, and it stops without complaint
 * where it does not understand: the findings up to there are what counts.
 */

import { limits } from '../limits.ts';
import { dataweaveFunctions } from './dataweave-names.ts';
import { functionValues } from './functions/index.ts';
import { type Finding, LooseReader } from './loose-reader.ts';
import { qualifiedName, reserved, selectorName, symbolFindings, symbols, typeName } from './loose-words.ts';
import { flexKeywords } from './scanner.ts';

/** The findings in `text`, in the order in which they stand there. */
export function recognise(text: string): readonly Finding[] {
  const recogniser = new Recogniser(text);
  recogniser.document();
  return recogniser.findings.toSorted((a, b) => a.at - b.at);
}

class Recogniser extends LooseReader {
  #nesting = 0;
  /** Whether the last expression was a value that Flex Gateway takes as an item of an array. */
  #isBare = true;

  document(): boolean {
    this.space();
    const body = /^[ \t]*---/m.exec(this.text);
    const inline = /^\s*(?:%dw|import|ns|input|output|var|fun|type)\b.*?---/s.exec(this.text);
    const end = body === null ? (inline?.[0].length ?? 0) : body.index + body[0].length;
    this.#declarations(end);
    this.at = end;
    return this.#expression();
  }

  /** Declarations up to an offset; their values are of no interest. */
  #declarations(end: number): void {
    const declaration = /(?:^|\n|%dw\s+2\.\d)\s*(var|fun|type)\s/g;
    for (let found = declaration.exec(this.text); found !== null; found = declaration.exec(this.text)) {
      const at = found.index + found[0].length - 1 - (found[1]?.length ?? 0);
      if (at < end) this.construct(found[1] === 'var' ? 'variable' : found[1] === 'fun' ? 'fun' : 'type', at);
    }
  }

  /** Prefix Operand Postfix ( Infix … )*     Not understood where it nests deeper than any expression may. */
  #expression(): boolean {
    if (this.#nesting === limits.nesting) return false;
    this.#nesting += 1;
    const isUnderstood = this.#operands();
    this.#nesting -= 1;
    return isUnderstood;
  }

  #operands(): boolean {
    let isBare = !this.#prefixes();
    if (!this.#operand()) return false;
    if (this.#postfixes()) isBare = false;
    while (this.#infix()) {
      isBare = false;
      this.#prefixes();
      if (!this.#operand()) return false;
      this.#postfixes();
    }
    this.#isBare = this.#isBare && isBare;
    return true;
  }

  #prefixes(): boolean {
    const start = this.at;
    for (;;) {
      this.space();
      const at = this.at;
      if (this.take(/!|not\b/y) !== undefined) continue;
      if (this.take(/-(?![0-9])/y) === undefined) return at !== start && /\S/.test(this.text.slice(start, at));
      this.construct('arithmetic', at);
    }
  }

  #operand(): boolean {
    this.space();
    const at = this.at;
    this.#isBare = true;
    if (this.#lambda(at)) return this.#expression();
    return (
      this.#string() ||
      this.#literal(at) ||
      this.#keyword(at) ||
      this.#array() ||
      this.#object(at) ||
      this.#enclosed() ||
      this.#name(at)
    );
  }

  #lambda(at: number): boolean {
    if (this.take(/\([^()]*\)\s*->|[A-Za-z_]\w*\s*->/y) === undefined) return false;
    this.construct('lambda', at);
    return true;
  }

  #literal(at: number): boolean {
    const number = this.take(/-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y);
    if (number !== undefined) {
      if (/[eE]/.test(number)) this.construct('exponent', at);
      return true;
    }
    if (this.take(/\|[^|\n]*\|/y) !== undefined) return this.construct('date', at);
    if (this.take(/\/(?:[^/\\\n]|\\.)+\//y) !== undefined) return this.construct('regex', at);
    return this.take(/\$+[0-9A-Za-z_]*/y) !== undefined && this.construct('parameter', at);
  }

  /** Forms that begin with a word of their own. */
  #keyword(at: number): boolean {
    const word = this.take(/(?:if|unless|do|using)(?=\s*[({])/y);
    if (word === undefined) return false;
    this.#isBare = false;
    if (word === 'do') return this.#do(at);
    if (word === 'using') this.construct('using', at);
    if (word === 'unless') this.construct('unless', at);
    if (!this.#enclosed() || !this.#expression()) return word === 'using';
    this.space();
    if (this.take(/else\b/y) !== undefined) return this.#expression();
    if (word === 'if') this.construct('elseless', at);
    return true;
  }

  #do(at: number): boolean {
    this.construct('do', at);
    return this.take(/\s*\{(?:.*?---)?/sy) !== undefined && this.#expression() && this.close('}');
  }

  #array(): boolean {
    if (this.take(/\[/y) === undefined) return false;
    for (;;) {
      this.space();
      const at = this.at;
      if (this.take(/\]/y) !== undefined) return true;
      const before = this.findings.length;
      if (!this.#expression()) return false;
      const isItem = this.#isBare || this.findings.length > before;
      if (!isItem) this.findings.push({ kind: 'item', at, text: this.text.slice(at, this.at).trim() });
      this.#isBare = true;
      this.space();
      const comma = this.at;
      if (this.take(/,/y) === undefined) return this.close(']');
      if (/^\s*\]/.test(this.text.slice(this.at))) this.findings.push({ kind: 'trailing-comma', at: comma });
    }
  }

  #object(at: number): boolean {
    if (this.take(/\{/y) === undefined) return false;
    this.construct('object', at);
    for (;;) {
      this.space();
      if (this.take(/\}/y) !== undefined) return true;
      if (!this.#member()) return false;
      this.space();
      if (this.take(/,/y) === undefined) return this.close('}');
    }
  }

  #member(): boolean {
    if (!(this.#string() || this.#enclosed() || this.take(selectorName) !== undefined)) return false;
    this.space();
    if (this.take(/:/y) !== undefined && !this.#expression()) return false;
    this.space();
    return this.take(/if\b/y) === undefined || this.#expression();
  }

  /** Parentheses around an expression, a member with a condition, or what `using` declares. */
  #enclosed(): boolean {
    this.space();
    if (this.take(/\(/y) === undefined) return false;
    for (;;) {
      if (this.take(/\s*\)/y) !== undefined) return true;
      if (!this.#expression()) return false;
      this.space();
      if (this.take(/[:,]/y) === undefined) return this.close(')');
    }
  }

  #name(at: number): boolean {
    if (this.sees(reserved)) return false;
    const word = this.take(qualifiedName);
    if (word !== undefined) this.#function(word, at);
    return word !== undefined || this.take(/\+\+|--/y) !== undefined;
  }

  #function(written: string, at: number): void {
    const last = written.slice(written.lastIndexOf(':') + 1);
    if (dataweaveFunctions.has(last) && !functionValues.has(last))
      this.findings.push({ kind: 'function', at, name: last });
  }

  #string(): boolean {
    const start = this.at;
    const quote = this.take(/['"`]/y);
    if (quote === undefined) return false;
    if (quote === '`') this.construct('backtick', start);
    for (;;) {
      const at = this.at;
      if (this.take(/\\./sy) !== undefined) continue;
      if (this.text.startsWith(quote, at)) return this.close(quote);
      if (this.take(/\$/y) !== undefined) {
        if (!this.#interpolation(quote, start, at)) return false;
      } else if (this.take(/[^\\$'"`]+|['"`]/y) === undefined) return false;
    }
  }

  /** `$(x)` or `$name`; alone between the quotes it is fine. */
  #interpolation(quote: string, start: number, at: number): boolean {
    let isRead = true;
    if (this.sees(/\(/y)) isRead = this.#enclosed();
    else this.take(qualifiedName);
    const isAlone = at === start + 1 && this.text.startsWith(quote, this.at);
    if (!isAlone) this.construct('interpolation', at);
    return isRead;
  }

  /** Whether there was one. */
  #postfixes(): boolean {
    const start = this.at;
    for (;;) {
      const before = this.at;
      this.space();
      const at = this.at;
      if (this.#call() || this.#selector(at) || this.#bracket(at) || this.#mark(at)) continue;
      this.at = before;
      return this.at !== start;
    }
  }

  #call(): boolean {
    return this.sees(/\(/y) && this.#enclosed();
  }

  #selector(at: number): boolean {
    const dot = this.take(/\.\.\*?|\.[*@&^#]?/y);
    if (dot === undefined) return false;
    if (dot.startsWith('..')) this.construct('descendants', at);
    else if (/[&^#]/.test(dot)) this.construct('metadata', at);
    const nameAt = this.at;
    const key = this.take(selectorName);
    if (key === undefined) return this.#string() || dot !== '.';
    if (!/^[A-Za-z]\w*$/.test(key) || flexKeywords.has(key))
      this.findings.push({ kind: 'unquoted', at: nameAt, name: key });
    return true;
  }

  #bracket(at: number): boolean {
    const open = this.take(/\[\s*\??/y);
    if (open === undefined) return false;
    if (open.endsWith('?')) this.construct('filter', at);
    return this.#expression() && this.close(']');
  }

  #mark(at: number): boolean {
    if (this.take(/!(?!=)/y) !== undefined) return true;
    return this.take(/\?/y) !== undefined && this.construct('exists', at);
  }

  /** Whether an operator that takes an operand stands here. */
  #infix(): boolean {
    for (;;) {
      this.space();
      const at = this.at;
      if (this.#typeOperator(at) || this.#caseList(at)) continue;
      const symbol = this.take(symbols);
      if (symbol !== undefined) {
        const construct = symbolFindings[symbol];
        return construct === undefined || this.construct(construct, at);
      }
      if (this.take(/(?:and|or|default)\b/y) !== undefined) return true;
      if (this.take(/to\b/y) !== undefined) return this.construct('range', at);
      return this.#name(at);
    }
  }

  #typeOperator(at: number): boolean {
    const word = this.take(/(?:as|is)\b/y);
    if (word === undefined) return false;
    this.construct(word === 'as' ? 'as' : 'is', at);
    this.space();
    this.take(typeName);
    this.take(/\s*\{[^}]*\}/y);
    return true;
  }

  /** `match { … }` and `update { … }`; their cases are not read. */
  #caseList(at: number): boolean {
    const word = this.take(/(?:match|update)(?=\s*\{)/y);
    if (word === undefined) return false;
    this.construct(word === 'match' ? 'match' : 'update', at);
    this.take(/.*\}/sy);
    return true;
  }
}
