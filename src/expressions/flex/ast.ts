/**
 * @module
 * The syntax tree of Flex Gateway's language. The grammar builds it and every later step reads it. The tree of
 * DataWeave 2.x is `../dataweave/syntax.ts`.
 *
 * Offsets are UTF-16 code units in the expression's own text. `depth` is the height of the tree at a node, the node
 * included. The grammar computes it while it builds the tree and refuses trees that are too deep to walk.
 */
import type { Value } from './values.ts';

interface Base {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

export type Comparison = '==' | '!=' | '<' | '>' | '<=' | '>=';

/** A known value. Partial evaluation replaces each finished subtree with one. */
export interface Literal extends Base {
  readonly kind: 'literal';
  readonly value: Value;
  /** The place of a string literal's text between its quotes; undefined if it has no escapes. */
  readonly escaped?: { readonly from: number; readonly to: number } | undefined;
}

/** The name of an input (`attributes`) or of a function. */
export interface Reference extends Base {
  readonly kind: 'reference';
  /** The last part of the name, `substringAfter`. */
  readonly name: string;
  /** The name as written, `dw::core::Strings::substringAfter`. */
  readonly written: string;
}

export interface ArrayItems extends Base {
  readonly kind: 'array';
  readonly items: readonly Node[];
}

/** `.name` and `[expression]` are `value`, `.@name` is `attribute`, `.*name` is `multi`. */
export type SelectorKind = 'value' | 'attribute' | 'multi';

export interface Select extends Base {
  readonly kind: 'select';
  readonly how: SelectorKind;
  readonly target: Node;
  readonly selector: Node;
}

/** `prefix#name` after a dot: a name in a declared XML namespace. Only XML values have such members. */
export interface QualifiedName extends Base {
  readonly kind: 'qualified';
  readonly prefix: string;
}

/** `f(a, b)` and `a f b`. */
export interface Call extends Base {
  readonly kind: 'call';
  readonly callee: Node;
  readonly arguments: readonly Node[];
}

export interface Not extends Base {
  readonly kind: 'not';
  readonly operand: Node;
}

export interface Compare extends Base {
  readonly kind: 'compare';
  readonly operator: Comparison;
  readonly left: Node;
  readonly right: Node;
}

export interface Logical extends Base {
  readonly kind: 'logical';
  readonly operator: 'and' | 'or';
  readonly left: Node;
  readonly right: Node;
}

export interface Default extends Base {
  readonly kind: 'default';
  readonly left: Node;
  readonly right: Node;
}

export interface IfElse extends Base {
  readonly kind: 'if';
  readonly condition: Node;
  readonly whenTrue: Node;
  readonly whenFalse: Node;
}

export type Node =
  | Literal
  | Reference
  | ArrayItems
  | Select
  | QualifiedName
  | Call
  | Not
  | Compare
  | Logical
  | Default
  | IfElse;

/** The height of a node with these children. */
export function depthAbove(...children: readonly Node[]): number {
  let deepest = 0;
  for (const child of children) if (child.depth > deepest) deepest = child.depth;
  return deepest + 1;
}

/** The direct children of a node, in source order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'array':
      return node.items;
    case 'select':
      return [node.target, node.selector];
    case 'call':
      return [node.callee, ...node.arguments].sort((a, b) => a.start - b.start);
    case 'not':
      return [node.operand];
    case 'if':
      return [node.condition, node.whenTrue, node.whenFalse];
    case 'default':
    case 'logical':
    case 'compare':
      return [node.left, node.right];
    case 'literal':
    case 'reference':
    case 'qualified':
      return [];
  }
}

/** The node with each direct child replaced by what `change` returns for it. */
export function withChildren(node: Node, change: (child: Node) => Node): Node {
  switch (node.kind) {
    case 'array':
      return { ...node, items: node.items.map(change) };
    case 'select':
      return { ...node, target: change(node.target), selector: change(node.selector) };
    case 'call':
      return { ...node, callee: change(node.callee), arguments: node.arguments.map(change) };
    case 'not':
      return { ...node, operand: change(node.operand) };
    case 'if':
      return {
        ...node,
        condition: change(node.condition),
        whenTrue: change(node.whenTrue),
        whenFalse: change(node.whenFalse),
      };
    case 'default':
    case 'logical':
    case 'compare':
      return { ...node, left: change(node.left), right: change(node.right) };
    case 'literal':
    case 'reference':
    case 'qualified':
      return node;
  }
}

/** The literal that replaces `node` once its value is known. */
export function literalAt(node: Node, value: Value): Literal {
  return { kind: 'literal', value, start: node.start, end: node.end, depth: 1 };
}

export function isLiteral(node: Node): node is Literal {
  return node.kind === 'literal';
}
