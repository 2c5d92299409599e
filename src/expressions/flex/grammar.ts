/**
 * @module
 * Flex Gateway's own grammar, exactly: what it accepts, and nothing that cannot load.
 *
 * Read from top to bottom: each function's comment is the rule it reads, loosest first. The vendor's grammar is an
 * ordered one (the first alternative that matches is taken, whatever that means for the rest), and it decides about
 * blanks rule by rule: `payload .s` is fine, `payload. s` is not, `!` takes no blank where `not` needs none. Those
 * habits are kept. Objects, dates, mixed interpolation, `=` and `.^` can be parsed there but never load; they are not
 * read here, and `diagnose.ts` names them.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type Comparison, depthAbove, type Node } from './ast.ts';
import { type Header, readHeader } from './directives.ts';
import { built, FlexOperands } from './operands.ts';
import { FlexScanner } from './scanner.ts';

export type FlexReading =
  | { readonly ok: true; readonly header: Header; readonly body: Node }
  /** `at`: the furthest place at which the expression still made sense. */
  | { readonly ok: false; readonly at: number; readonly headerEnd: number };

/**
 * Document :: Header "---"? Expression
 *
 * @throws LocatedError `dataweave.too-deep`, `dataweave.invalid-escape`
 */
export function readFlex(source: SourceText): FlexReading {
  const scanner = new FlexScanner(source);
  const grammar = new FlexGrammar(scanner);
  const header = readHeader(scanner);
  const headerEnd = scanner.at;
  scanner.space();
  scanner.word('---');
  const body = grammar.expression();
  if (body !== undefined && scanner.atEnd) return { ok: true, header, body };
  return { ok: false, at: Math.max(scanner.furthest, scanner.at), headerEnd };
}

class FlexGrammar {
  readonly #scanner: FlexScanner;
  readonly #operands: FlexOperands;
  /** What `expression` found at each offset. */
  readonly #read = new Map<number, { readonly node: Node | undefined; readonly end: number }>();

  constructor(scanner: FlexScanner) {
    this.#scanner = scanner;
    this.#operands = new FlexOperands(scanner, () => this.expression());
  }

  /**
   * Expression :: Outer "!"*
   *
   * The assertion `!` is accepted and means nothing; no blank may follow it. What was read at a place is remembered:
   * `not(` may turn out to be a call, `elsef(` an operator, and reading the inside twice at every level would take
   * twice the time for each of them.
   */
  expression(): Node | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    const known = this.#read.get(start);
    if (known !== undefined) {
      scanner.at = known.end;
      return known.node;
    }
    const node = this.#newExpression();
    this.#read.set(start, { node, end: scanner.at });
    return node;
  }

  #newExpression(): Node | undefined {
    const scanner = this.#scanner;
    scanner.space();
    const body = this.#outer();
    if (body === undefined) return undefined;
    scanner.space();
    while (scanner.attempt(() => this.#assertion())) {}
    return body;
  }

  #assertion(): true | undefined {
    this.#scanner.space();
    return this.#scanner.word('!') || undefined;
  }

  /** Outer :: Or ( "default" Or | Name Or )*     Leaning left, both on one level. */
  #outer(): Node | undefined {
    const scanner = this.#scanner;
    let left = this.#or();
    while (left !== undefined) {
      const operand = left;
      const next = scanner.attempt(() => this.#defaultTo(operand)) ?? scanner.attempt(() => this.#infixCall(operand));
      if (next === undefined) return left;
      left = next;
    }
    return undefined;
  }

  #defaultTo(left: Node): Node | undefined {
    const right = this.#operandAfter('default', () => this.#or());
    return (
      right &&
      built(this.#scanner, {
        kind: 'default',
        left,
        right,
        start: left.start,
        end: right.end,
        depth: depthAbove(left, right),
      })
    );
  }

  #infixCall(left: Node): Node | undefined {
    const scanner = this.#scanner;
    scanner.space();
    const callee = this.#operands.reference();
    if (callee === undefined) return undefined;
    scanner.space();
    const right = this.#or();
    if (right === undefined) return undefined;
    const depth = depthAbove(callee, left, right);
    return built(this.#scanner, {
      kind: 'call',
      callee,
      arguments: [left, right],
      start: left.start,
      end: right.end,
      depth,
    });
  }

  /** Or :: And ( "or" And )* */
  #or(): Node | undefined {
    return this.#logical('or', () => this.#logical('and', () => this.#equality()));
  }

  /** And :: Equality ( "and" Equality )* */
  #logical(operator: 'and' | 'or', tighter: () => Node | undefined): Node | undefined {
    let left = tighter();
    while (left !== undefined) {
      const right = this.#scanner.attempt(() => this.#operandAfter(operator, tighter));
      if (right === undefined) return left;
      left = built(this.#scanner, {
        kind: 'logical',
        operator,
        left,
        right,
        start: left.start,
        end: right.end,
        depth: depthAbove(left, right),
      });
    }
    return undefined;
  }

  /** Equality :: Relation ( ("==" | "!=") Relation )* */
  #equality(): Node | undefined {
    let left = this.#relation();
    while (left !== undefined) {
      const next: Node | undefined = this.#comparison(left, ['==', '!='], () => this.#relation());
      if (next === undefined) return left;
      left = next;
    }
    return undefined;
  }

  /** Relation :: Unary ( ("<=" | ">=" | ">" | "<") Relation )?     Leaning right. */
  #relation(): Node | undefined {
    const left = this.#unary();
    return (
      left &&
      (this.#comparison(left, ['<=', '>=', '>', '<'], () => this.#scanner.nested(() => this.#relation())) ?? left)
    );
  }

  #comparison(left: Node, operators: readonly Comparison[], operand: () => Node | undefined): Node | undefined {
    for (const operator of operators) {
      const right = this.#scanner.attempt(() => this.#operandAfter(operator, operand));
      if (right === undefined) continue;
      return built(this.#scanner, {
        kind: 'compare',
        operator,
        left,
        right,
        start: left.start,
        end: right.end,
        depth: depthAbove(left, right),
      });
    }
    return undefined;
  }

  #operandAfter(operator: string, operand: () => Node | undefined): Node | undefined {
    const scanner = this.#scanner;
    scanner.space();
    if (!scanner.word(operator)) return undefined;
    scanner.space();
    return operand();
  }

  /** Unary :: "!" Unary | "not" Or | IfElse | Postfix */
  #unary(): Node | undefined {
    const scanner = this.#scanner;
    return (
      scanner.attempt(() => this.#negation('!', () => this.#unary())) ??
      scanner.attempt(() => this.#negation('not', () => this.#or())) ??
      scanner.attempt(() => this.#ifElse()) ??
      this.#operands.postfix()
    );
  }

  #negation(word: string, operand: () => Node | undefined): Node | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (!scanner.word(word)) return undefined;
    const negated = scanner.nested(operand);
    return (
      negated &&
      built(this.#scanner, { kind: 'not', operand: negated, start, end: negated.end, depth: depthAbove(negated) })
    );
  }

  /** IfElse :: "if" "(" Expression ")" Expression "else" Expression */
  #ifElse(): Node | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (!scanner.word('if')) return undefined;
    scanner.space();
    const condition = this.#operands.enclosed('(', ')');
    if (condition === undefined) return undefined;
    const whenTrue = scanner.nested(() => this.expression());
    if (whenTrue === undefined || !scanner.word('else')) return undefined;
    const whenFalse = scanner.nested(() => this.expression());
    if (whenFalse === undefined) return undefined;
    const depth = depthAbove(condition, whenTrue, whenFalse);
    return built(this.#scanner, { kind: 'if', condition, whenTrue, whenFalse, start, end: whenFalse.end, depth });
  }
}
