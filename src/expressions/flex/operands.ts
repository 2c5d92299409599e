/**
 * @module
 * The operands of Flex Gateway's grammar: values, calls and selectors. `grammar.ts` reads what joins them.
 */

import { limits } from '../limits.ts';
import { depthAbove, type Literal, type Node, type SelectorKind } from './ast.ts';
import { numberText } from './number-text.ts';
import type { FlexScanner } from './scanner.ts';
import { readString } from './strings.ts';
import { WrittenNumber } from './values.ts';

export class FlexOperands {
  readonly #scanner: FlexScanner;
  readonly #expression: () => Node | undefined;

  constructor(scanner: FlexScanner, expression: () => Node | undefined) {
    this.#scanner = scanner;
    this.#expression = expression;
  }

  /** Postfix :: Value ( Arguments | "." Name | ".@" Name | ".*" Name | "[" Expression "]" )* */
  postfix(): Node | undefined {
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

  /** Arguments :: "(" ( Expression ("," Expression)* )? ")"     `f()` and never `f( )`. */
  #call(callee: Node): Node | undefined {
    const scanner = this.#scanner;
    if (!scanner.word('(')) return undefined;
    const items = this.#list(() => scanner.nested(() => this.#expression()), false);
    if (!scanner.word(')')) return undefined;
    return built(scanner, {
      kind: 'call',
      callee,
      arguments: items,
      start: callee.start,
      end: scanner.at,
      depth: depthAbove(callee, ...items),
    });
  }

  /** Name :: ( Name "#" )? ( Name | String ) */
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
    const selector: Node =
      prefix === undefined
        ? name
        : { kind: 'qualified', prefix: prefix.text, start: prefix.start, end: name.end, depth: 2 };
    if (prefix !== undefined && (name.kind !== 'literal' || typeof name.value !== 'string')) return undefined;
    return this.#selection(target, selector, how);
  }

  #plainName(): Literal | undefined {
    const name = this.#scanner.identifier();
    return name && { kind: 'literal', value: name.text, start: name.start, end: name.end, depth: 1 };
  }

  #bracketSelector(target: Node): Node | undefined {
    this.#scanner.space();
    const selector = this.enclosed('[', ']');
    return selector && this.#selection(target, selector, 'value');
  }

  #selection(target: Node, selector: Node, how: SelectorKind): Node {
    const depth = depthAbove(target, selector);
    return built(this.#scanner, {
      kind: 'select',
      how,
      target,
      selector,
      start: target.start,
      end: this.#scanner.at,
      depth,
    });
  }

  enclosed(open: string, close: string): Node | undefined {
    const scanner = this.#scanner;
    if (!scanner.word(open)) return undefined;
    const inner = scanner.nested(() => this.#expression());
    return inner !== undefined && scanner.word(close) ? inner : undefined;
  }

  /** Value :: String | Number | "null" | "true" | "false" | Name | Array | "(" Expression ")"     Blanks around. */
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
        this.reference() ??
        scanner.attempt(() => this.#array()) ??
        scanner.attempt(() => this.enclosed('(', ')'));
      scanner.space();
      return value;
    });
  }

  #string(): Node | undefined {
    const scanner = this.#scanner;
    return scanner.attempt(() =>
      readString(
        scanner,
        () => this.#expression(),
        () => this.reference(),
      ),
    );
  }

  #number(): Node | undefined {
    const written = this.#scanner.number();
    if (written === undefined) return undefined;
    const number = Number(written.text);
    const value = numberText(number) === written.text ? number : new WrittenNumber(number, written.text);
    return { kind: 'literal', value, start: written.start, end: written.end, depth: 1 };
  }

  #constant(word: string, value: null | boolean): Node | undefined {
    const start = this.#scanner.at;
    return this.#scanner.word(word) ? { kind: 'literal', value, start, end: this.#scanner.at, depth: 1 } : undefined;
  }

  reference(): Node | undefined {
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
    const items = this.#list(() => scanner.nested(() => this.#value()), true);
    if (!scanner.word(']')) return undefined;
    return built(scanner, { kind: 'array', items, start, end: scanner.at, depth: depthAbove(...items) });
  }

  #list(item: () => Node | undefined, blankAfterComma: boolean): Node[] {
    const scanner = this.#scanner;
    const items: Node[] = [];
    let next = scanner.attempt(item);
    while (next !== undefined) {
      items.push(next);
      next = scanner.attempt(() => {
        if (!scanner.word(',')) return undefined;
        if (blankAfterComma) scanner.space();
        return item();
      });
    }
    return items;
  }
}

/** Every node above the leaves comes through here, so that no tree grows too high. */
export function built(scanner: FlexScanner, node: Node): Node {
  if (node.depth > limits.treeDepth) throw scanner.tooDeep(node.start);
  return node;
}
