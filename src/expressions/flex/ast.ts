/**
 * @module
 * The tree of Flex Gateway's language: the grammar makes it, every later step reads it. The tree of DataWeave 2.x is
 * `../dataweave/syntax.ts`.
 *
 * Offsets are UTF-16 units in the expression's own text. `depth` is the height of the tree below a node, the node
 * included; it is kept while building so that no later step meets a tree too deep to walk.
 */
import type { Value } from './values.ts';

interface Base {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

export type Comparison = '==' | '!=' | '<' | '>' | '<=' | '>=';

/** A value known when the policy loads; what partial evaluation turns a finished subtree into. */
export interface Literal extends Base {
  readonly kind: 'literal';
  readonly value: Value;
}

/** An input (`attributes`) or a function, by the last part of its name. */
export interface Reference extends Base {
  readonly kind: 'reference';
  readonly name: string;
  /** The name as it is written, `dw::core::Strings::substringAfter`. */
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

/** `prefix#name` after a dot: a name in a declared XML namespace, which nothing but XML holds. */
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

/** The height of a node above these children. */
export function depthAbove(...children: readonly Node[]): number {
  let deepest = 0;
  for (const child of children) if (child.depth > deepest) deepest = child.depth;
  return deepest + 1;
}

/** The nodes right below a node, in the order in which they are written. */
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

/** The literal that takes the place of `node` once its value is known. */
export function literalAt(node: Node, value: Value): Literal {
  return { kind: 'literal', value, start: node.start, end: node.end, depth: 1 };
}
