/**
 * @module
 * The syntax tree of a DataWeave 2.x expression.
 */
import type { Num } from './numbers.ts';
import type { ObjectValue, Value } from './values.ts';

interface Base {
  readonly start: number;
  /**
   * The height of the tree from this node. The parser refuses a tree that is too high, and a call charges the height.
   */
  readonly height: number;
  /** The number of nodes, including this one. */
  readonly size: number;
  /** Whether it has parentheses around it. */
  readonly isEnclosed?: true;
}

/** A node that begins with an operand: `start` is the offset of the operand, and `at` that of the operator. */
interface Placed {
  readonly at: number;
}

export interface Parameter {
  readonly name: string;
  readonly type: TypeNode | undefined;
  readonly fallback: Node | undefined;
}

export type ObjectField =
  | {
      readonly kind: 'member';
      readonly key: Node;
      readonly value: Node;
      readonly condition: Node | undefined;
    }
  /** `(expression)` adds the members of an object or of the objects in an array, and nothing for null. */
  | { readonly kind: 'spread'; readonly value: Node; readonly condition: Node | undefined };

/** `(value) if (condition)` is left out if the condition is false. */
export interface ArrayItem {
  readonly value: Node;
  readonly condition: Node | undefined;
  readonly start: number;
  readonly end: number;
}

/** `at` is the offset of the word `var`, `fun` or `type`. */
export type Declaration = Placed &
  (
    | { readonly kind: 'var'; readonly name: string; readonly type: TypeNode | undefined; readonly value: Node }
    | { readonly kind: 'fun'; readonly name: string; readonly lambda: LambdaNode }
    | {
        readonly kind: 'type';
        readonly name: string;
        readonly start: number;
        readonly parameters: readonly TypeParameter[];
        readonly type: TypeNode;
      }
  );

/** The pattern of a `case`. Its names are bound in the guard and in the result. */
export type Pattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'value'; readonly value: Node }
  | { readonly kind: 'type'; readonly type: TypeNode; readonly start: number }
  | { readonly kind: 'matches'; readonly regex: Node }
  | { readonly kind: 'empty'; readonly of: 'Array' | 'Object' }
  | { readonly kind: 'list'; readonly head: string; readonly tail: string }
  | { readonly kind: 'member'; readonly key: string; readonly value: string; readonly tail: string };

export interface MatchCase {
  readonly pattern: Pattern;
  readonly name: string | undefined;
  readonly guard: Node | undefined;
  readonly result: Node;
}

/** `.name`, `[expression]`, `.*name` for all members of the name, `.@name` for an attribute, which only XML has. */
export interface UpdateStep {
  readonly how: 'name' | 'index' | 'all' | 'attribute';
  readonly key: Node;
}

export interface UpdateCase {
  readonly name: string | undefined;
  readonly path: readonly UpdateStep[];
  /** `!` after the path: a missing member is added. */
  readonly isUpsert: boolean;
  readonly guard: Node | undefined;
  readonly result: Node;
}

export type SelectorKind =
  | 'value'
  | 'multi'
  | 'pair'
  | 'descendant'
  | 'descendants'
  | 'descendantPairs'
  | 'attributes'
  | 'attributesBelow'
  | 'namespace';

export type BinaryOperator = '+' | '-' | '*' | '/' | '<<' | '>>' | '==' | '!=' | '~=' | '<' | '>' | '<=' | '>=' | '<~';

export type TypeNode =
  | NamedTypeNode
  | { readonly kind: 'union' | 'intersection'; readonly of: readonly TypeNode[] }
  | { readonly kind: 'literal'; readonly value: string | boolean | Num }
  | { readonly kind: 'function'; readonly parameters: readonly ParameterNode[]; readonly result: TypeNode }
  | { readonly kind: 'object'; readonly fields: readonly FieldNode[]; readonly isClosed: boolean }
  /** `Type {format: "…"}` */
  | { readonly kind: 'annotated'; readonly type: TypeNode; readonly metadata: ObjectValue };

export interface NamedTypeNode {
  readonly kind: 'named';
  readonly name: string;
  readonly start: number;
  readonly of: readonly TypeNode[];
  /** The members to follow: `User.address.city`. */
  readonly path: readonly string[];
}

export interface ParameterNode {
  readonly name: string | undefined;
  readonly type: TypeNode;
  readonly isOptional: boolean;
}

export interface FieldNode {
  /** Undefined for `_` and `(Key)`, which match every name that no other field has. */
  readonly name: string | undefined;
  readonly type: TypeNode;
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
}

/** `<T>` or `<T <: Bound>` after the name of a function or type. */
export interface TypeParameter {
  readonly name: string;
  readonly bound: TypeNode | undefined;
}

export type NodeBody =
  | { readonly kind: 'literal'; readonly value: Value }
  /** A string with interpolation. `at` is the offset of the first `$`. */
  | (Placed & { readonly kind: 'text'; readonly parts: readonly (string | Node)[] })
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly ArrayItem[]; readonly trailingComma: number | undefined }
  /** `isBare`: a single member without braces. */
  | { readonly kind: 'object'; readonly fields: readonly ObjectField[]; readonly isBare?: true }
  | { readonly kind: 'call'; readonly callee: Node; readonly arguments: readonly Node[]; readonly isInfix: boolean }
  | {
      readonly kind: 'lambda';
      readonly types: readonly TypeParameter[];
      readonly parameters: readonly Parameter[];
      readonly result: TypeNode | undefined;
      readonly body: Node;
    }
  | { readonly kind: 'negate'; readonly operand: Node }
  | { readonly kind: 'not'; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'logical'; readonly operator: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'default'; readonly left: Node; readonly right: Node }
  | { readonly kind: 'if'; readonly condition: Node; readonly whenTrue: Node; readonly whenFalse: Node }
  | (Placed & { readonly kind: 'match'; readonly subject: Node; readonly cases: readonly MatchCase[] })
  | (Placed & { readonly kind: 'update'; readonly subject: Node; readonly cases: readonly UpdateCase[] })
  | {
      readonly kind: 'do';
      readonly imports: readonly ImportedModule[];
      readonly declarations: readonly Declaration[];
      readonly body: Node;
    }
  | (Placed & { readonly kind: 'select'; readonly how: SelectorKind; readonly target: Node; readonly key: Node })
  | (Placed & { readonly kind: 'filter'; readonly target: Node; readonly condition: Node })
  | (Placed & { readonly kind: 'exists'; readonly target: SelectNode })
  | { readonly kind: 'assert'; readonly target: SelectNode }
  | (Placed & {
      readonly kind: 'as';
      readonly operand: Node;
      readonly type: TypeNode;
      readonly schema: Node | undefined;
    })
  | (Placed & { readonly kind: 'is'; readonly operand: Node; readonly type: TypeNode });

export type Node = NodeBody & Base;

/** The node of one kind. */
export type NodeOf<K extends Node['kind']> = Node & { readonly kind: K };

export type SelectNode = NodeOf<'select'>;

export type LambdaNode = NodeOf<'lambda'>;

export interface ImportedModule {
  readonly module: string;
  readonly start: number;
  /** The prefix in `prefix::function`; undefined if only elements are imported. */
  readonly alias: string | undefined;
  /** The name `*` imports everything. */
  readonly elements: readonly { readonly name: string; readonly alias: string; readonly start: number }[];
}

/** How the result of a script is changed before it becomes a claim. */
export interface OutputOptions {
  readonly skipsNullInObjects: boolean;
  readonly skipsNullInArrays: boolean;
  /** Whether a repeated key becomes one key with an array of its values. Otherwise the last value is used. */
  readonly repeatedKeysAreArrays: boolean;
}

export interface Script {
  readonly output: OutputOptions | undefined;
  readonly imports: readonly ImportedModule[];
  readonly declarations: readonly Declaration[];
  readonly body: Node;
}
