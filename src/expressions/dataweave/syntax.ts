/**
 * @module
 * The tree of a DataWeave 2.x expression. `height` is the height of the tree below a node, the node included: the
 * parser refuses a tree too high to walk, and a call of a function charges the height of its body.
 */
import type { Num } from './numbers.ts';
import type { ObjectValue, Value } from './values.ts';

interface Base {
  readonly start: number;
  readonly height: number;
  /** How many nodes it is made of, itself included. */
  readonly size: number;
  /** Whether it stands in parentheses of its own. */
  readonly isEnclosed?: true;
}

/** What begins with an operand: `start` is where that begins, and `at` where the operator stands. */
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
  /** `(expression)`: the members of an object, of the objects of an array, or nothing for null. */
  | { readonly kind: 'spread'; readonly value: Node; readonly condition: Node | undefined };

/** `(value) if (condition)` is there only where the condition holds. */
export interface ArrayItem {
  readonly value: Node;
  readonly condition: Node | undefined;
  readonly start: number;
  readonly end: number;
}

/** `at` is where the word `var`, `fun` or `type` stands. */
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

/** What a `case` asks of a value. Names in it are bound in the guard and in the result. */
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

/** `.name`, `[expression]`, `.*name` for all members of the name, `.@name` for what only XML has. */
export interface UpdateStep {
  readonly how: 'name' | 'index' | 'all' | 'attribute';
  readonly key: Node;
}

export interface UpdateCase {
  readonly name: string | undefined;
  readonly path: readonly UpdateStep[];
  /** `!` after the path: the member is made where it is missing. */
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
  | { readonly kind: 'union' | 'both'; readonly of: readonly TypeNode[] }
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
  /** `User.address.city`: the type of a member. */
  readonly path: readonly string[];
}

export interface ParameterNode {
  readonly name: string | undefined;
  readonly type: TypeNode;
  readonly isOptional: boolean;
}

export interface FieldNode {
  /** Undefined for `_` and `(Key)`: any name that no other member has. */
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
  /** `at` is where the first `$` stands. */
  | (Placed & { readonly kind: 'text'; readonly parts: readonly (string | Node)[] })
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly ArrayItem[]; readonly trailingComma: number | undefined }
  /** `isBare`: one member without braces around it. */
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

export type SelectNode = Node & { readonly kind: 'select' };

export type LambdaNode = Node & { readonly kind: 'lambda' };

export interface ImportedModule {
  readonly module: string;
  readonly start: number;
  /** The name under which `name::function` finds it; undefined where only its elements are imported. */
  readonly alias: string | undefined;
  /** `*` as the name is everything. */
  readonly elements: readonly { readonly name: string; readonly alias: string; readonly start: number }[];
}

/** What the result of a script goes through before it is a claim. */
export interface OutputOptions {
  readonly skipsNullInObjects: boolean;
  readonly skipsNullInArrays: boolean;
  /** A repeated key becomes one with an array of its values; else the last value counts. */
  readonly repeatedKeysAreArrays: boolean;
}

export interface Script {
  readonly output: OutputOptions | undefined;
  readonly imports: readonly ImportedModule[];
  readonly declarations: readonly Declaration[];
  readonly body: Node;
}
