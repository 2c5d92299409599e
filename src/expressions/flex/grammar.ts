/**
 * @module
 * Flex Gateway's own grammar, exactly: every expression that Flex Gateway loads, and no other.
 *
 * Read it from top to bottom: the comment of each method is the rule that the method reads, loosest operator first.
 * The vendor's grammar is ordered: it takes the first alternative that matches, even if the rest then fails. It also
 * decides rule by rule where whitespace may be: `payload .s` is valid, `payload. s` is not; `not` needs no whitespace
 * after it, and the assertion `!` must not have any. We do the same. Objects, dates, mixed interpolation, `=` and `.^`
 * can be parsed there but never load. This grammar refuses them, and `diagnose.ts` explains each.
 *
 * `strings.ts` reads string literals, `directives.ts` what is written before the expression.
 */
import type { SourceText } from '../../diagnostics/source-text.ts';
import { limits } from '../limits.ts';
import { type Comparison, depthAbove, type Literal, type Node, type SelectorKind } from './ast.ts';
import { formatNumber } from './coercion.ts';
import { type Header, readHeader } from './directives.ts';
import { FlexScanner } from './scanner.ts';
import { readString } from './strings.ts';
import { WrittenNumber } from './values.ts';

export type ParseResult =
  | { readonly ok: true; readonly header: Header; readonly body: Node }
  /** `at`: the furthest offset up to which the expression still made sense. */
  | { readonly ok: false; readonly at: number; readonly headerEnd: number };

/**
 * Document :: Header "---"? Expression
 *
 * @throws LocatedError `dataweave.too-deep`, `dataweave.invalid-escape`
 */
export function parseFlex(source: SourceText): ParseResult {
  const scanner = new FlexScanner(source);
  const header = readHeader(scanner);
  const headerEnd = scanner.at;
  scanner.space();
  scanner.word('---');
  const body = new FlexGrammar(scanner).expression();
  if (body !== undefined && scanner.atEnd) return { ok: true, header, body };
  return { ok: false, at: Math.max(scanner.furthest, scanner.at), headerEnd };
}

class FlexGrammar {
  readonly #scanner: FlexScanner;
  /** The result of `expression` at each offset. */
  readonly #known = new Map<number, { readonly node: Node | undefined; readonly end: number }>();

  constructor(scanner: FlexScanner) {
    this.#scanner = scanner;
  }

  /**
   * Expression :: Outer "!"*
   *
   * The assertion `!` has no effect, and no whitespace may follow it. The result at each offset is remembered: `not(`
   * may turn out to be a call and `elsef(` an operator, and parsing the inside twice at every level takes exponential
   * time.
   */
  expression(): Node | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    const known = this.#known.get(start);
    if (known !== undefined) {
      scanner.at = known.end;
      return known.node;
    }
    const node = this.#newExpression();
    this.#known.set(start, { node, end: scanner.at });
    return node;
  }

  #newExpression(): Node | undefined {
    const scanner = this.#scanner;
    scanner.space();
    const body = this.#outer();
    if (body === undefined) return undefined;
    scanner.space();
    if (!scanner.attempt(() => this.#assertion())) return body;
    while (scanner.attempt(() => this.#assertion())) {}
    // The vendor's tree has the assertion between a string and the string that interpolates it.
    return body.kind === 'literal' ? { ...body, escaped: undefined } : body;
  }

  #assertion(): true | undefined {
    this.#scanner.space();
    return this.#scanner.word('!') || undefined;
  }

  /** Outer :: Or ( "default" Or | Name Or )*     Both have the same precedence and are left-associative. */
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
    if (right === undefined) return undefined;
    const depth = depthAbove(left, right);
    return this.#bounded({ kind: 'default', left, right, start: left.start, end: right.end, depth });
  }

  #infixCall(left: Node): Node | undefined {
    const scanner = this.#scanner;
    scanner.space();
    const callee = this.#reference();
    if (callee === undefined) return undefined;
    scanner.space();
    const right = this.#or();
    if (right === undefined) return undefined;
    const depth = depthAbove(callee, left, right);
    return this.#bounded({
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
      const depth = depthAbove(left, right);
      left = this.#bounded({ kind: 'logical', operator, left, right, start: left.start, end: right.end, depth });
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

  /** Relation :: Unary ( ("<=" | ">=" | ">" | "<") Relation )?     Right-associative. */
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
      const depth = depthAbove(left, right);
      return this.#bounded({ kind: 'compare', operator, left, right, start: left.start, end: right.end, depth });
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
      this.#postfix()
    );
  }

  #negation(word: string, operand: () => Node | undefined): Node | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (!scanner.word(word)) return undefined;
    const negated = scanner.nested(operand);
    if (negated === undefined) return undefined;
    return this.#bounded({ kind: 'not', operand: negated, start, end: negated.end, depth: depthAbove(negated) });
  }

  /** IfElse :: "if" "(" Expression ")" Expression "else" Expression */
  #ifElse(): Node | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (!scanner.word('if')) return undefined;
    scanner.space();
    const condition = this.#enclosed('(', ')');
    if (condition === undefined) return undefined;
    const whenTrue = scanner.nested(() => this.expression());
    if (whenTrue === undefined || !scanner.word('else')) return undefined;
    const whenFalse = scanner.nested(() => this.expression());
    if (whenFalse === undefined) return undefined;
    const depth = depthAbove(condition, whenTrue, whenFalse);
    return this.#bounded({ kind: 'if', condition, whenTrue, whenFalse, start, end: whenFalse.end, depth });
  }

  /** Postfix :: Value ( Arguments | "." Member | ".@" Member | ".*" Member | "[" Expression "]" )* */
  #postfix(): Node | undefined {
    const scanner = this.#scanner;
    let target = this.#value();
    while (target !== undefined) {
      const before = target;
      const next: Node | undefined =
        scanner.attempt(() => this.#call(before)) ??
        scanner.attempt(() => this.#dotSelector(before, '.', 'value')) ??
        scanner.attempt(() => this.#dotSelector(before, '.@', 'attribute')) ??
        scanner.attempt(() => this.#dotSelector(before, '.*', 'multi')) ??
        scanner.attempt(() => this.#bracketSelector(before));
      if (next === undefined) return target;
      target = next;
    }
    return undefined;
  }

  /** Arguments :: "(" ( Expression ("," Expression)* )? ")"     `f()` is valid, `f( )` is not. */
  #call(callee: Node): Node | undefined {
    const scanner = this.#scanner;
    if (!scanner.word('(')) return undefined;
    const items = this.#list(() => scanner.nested(() => this.expression()));
    if (!scanner.word(')')) return undefined;
    const depth = depthAbove(callee, ...items);
    return this.#bounded({ kind: 'call', callee, arguments: items, start: callee.start, end: scanner.at, depth });
  }

  /** Member :: ( Name "#" )? ( Name | String ) */
  #dotSelector(target: Node, dot: string, how: SelectorKind): Node | undefined {
    const scanner = this.#scanner;
    scanner.space();
    if (!scanner.word(dot)) return undefined;
    const prefix = scanner.attempt(() => {
      const name = scanner.qualifiedIdentifier();
      return scanner.word('#') ? name : undefined;
    });
    const name = this.#plainName() ?? this.#string();
    if (name === undefined) return undefined;
    if (prefix === undefined) return this.#selection(target, name, how);
    if (name.kind !== 'literal' || typeof name.value !== 'string') return undefined;
    const { text, start } = prefix;
    return this.#selection(target, { kind: 'qualified', prefix: text, start, end: name.end, depth: 2 }, how);
  }

  #plainName(): Literal | undefined {
    const name = this.#scanner.identifier();
    return name && { kind: 'literal', value: name.text, start: name.start, end: name.end, depth: 1 };
  }

  #bracketSelector(target: Node): Node | undefined {
    this.#scanner.space();
    const selector = this.#enclosed('[', ']');
    return selector && this.#selection(target, selector, 'value');
  }

  #selection(target: Node, selector: Node, how: SelectorKind): Node {
    const depth = depthAbove(target, selector);
    return this.#bounded({
      kind: 'select',
      how,
      target,
      selector,
      start: target.start,
      end: this.#scanner.at,
      depth,
    });
  }

  #enclosed(open: string, close: string): Node | undefined {
    const scanner = this.#scanner;
    if (!scanner.word(open)) return undefined;
    const inner = scanner.nested(() => this.expression());
    return inner !== undefined && scanner.word(close) ? inner : undefined;
  }

  /**
   * Value :: String | Number | "null" | "true" | "false" | Name | Array | "(" Expression ")"
   *
   * Whitespace may surround it.
   */
  #value(): Node | undefined {
    const scanner = this.#scanner;
    return scanner.attempt(() => {
      scanner.space();
      const value =
        this.#string() ??
        this.#number() ??
        this.#constant('null', null) ??
        this.#constant('true', true) ??
        this.#constant('false', false) ??
        this.#reference() ??
        scanner.attempt(() => this.#array()) ??
        scanner.attempt(() => this.#enclosed('(', ')'));
      scanner.space();
      return value;
    });
  }

  #string(): Node | undefined {
    const scanner = this.#scanner;
    return scanner.attempt(() =>
      readString(
        scanner,
        () => this.expression(),
        () => this.#reference(),
      ),
    );
  }

  #number(): Node | undefined {
    const written = this.#scanner.number();
    if (written === undefined) return undefined;
    const number = Number(written.text);
    const value = formatNumber(number) === written.text ? number : new WrittenNumber(number, written.text);
    return { kind: 'literal', value, start: written.start, end: written.end, depth: 1 };
  }

  #constant(word: string, value: null | boolean): Node | undefined {
    const start = this.#scanner.at;
    return this.#scanner.word(word) ? { kind: 'literal', value, start, end: this.#scanner.at, depth: 1 } : undefined;
  }

  #reference(): Node | undefined {
    const written = this.#scanner.qualifiedIdentifier();
    if (written === undefined) return undefined;
    const name = written.text.slice(written.text.lastIndexOf(':') + 1);
    return { kind: 'reference', name, written: written.text, start: written.start, end: written.end, depth: 1 };
  }

  /** Array :: "[" ( Value ("," Value)* )? "]"     An item is a value: `[(payload.s)]`, not `[payload.s]`. */
  #array(): Node | undefined {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (!scanner.word('[')) return undefined;
    scanner.space();
    const items = this.#list(() => scanner.nested(() => this.#value()));
    if (!scanner.word(']')) return undefined;
    return this.#bounded({ kind: 'array', items, start, end: scanner.at, depth: depthAbove(...items) });
  }

  /** Both kinds of item skip whitespace themselves. */
  #list(item: () => Node | undefined): Node[] {
    const scanner = this.#scanner;
    const items: Node[] = [];
    let next = scanner.attempt(item);
    while (next !== undefined) {
      items.push(next);
      next = scanner.attempt(() => (scanner.word(',') ? item() : undefined));
    }
    return items;
  }

  /** Every node with children passes through here, so that no tree is too deep for a later step. */
  #bounded(node: Node): Node {
    if (node.depth > limits.treeDepth) throw this.#scanner.tooDeep(node.start);
    return node;
  }
}
