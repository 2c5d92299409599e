/**
 * @module
 * Partial evaluation: evaluates a tree as far as the inputs known at one stage allow. A finished subtree becomes a
 * literal; the rest stays a tree.
 *
 * This is Flex Gateway's evaluator, rule by rule, and the definition of the language in this folder. `staged.ts` runs
 * it when a policy loads, with no input known, so `'a' ++ null` stops the policy from loading. At a request it runs
 * only for the few expressions that `compile.ts` does not compile. A part that is only *bound* is not evaluated yet: an
 * error on the right side of an operator whose left side is unknown is noticed only when a request evaluates it.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import {
  type ArrayItems,
  type Call,
  type Compare,
  type Default,
  type IfElse,
  isLiteral,
  type Literal,
  type Logical,
  literalAt,
  type Node,
  type Not,
  type Reference,
  type Select,
  withChildren,
} from './ast.ts';
import { requireBoolean, typeMismatch } from './coercion.ts';
import { compareValues } from './equality.ts';
import { callFunction, functionValues } from './functions/index.ts';
import { requireMembers, select, unsupportedSelector } from './selection.ts';
import { type CallContext, FunctionValue, type Value } from './values.ts';

/** The meaning of names at one stage. */
export interface Stage {
  /** The names of the inputs that this or a later stage binds. */
  readonly declared: ReadonlySet<string>;
  /** The value of the input that this stage binds; undefined for all others. */
  available(name: string): Value | undefined;
  /** Keep calls of random functions and unknown names in the tree, so that `uuid()` is evaluated for each request. */
  readonly keepRandom: boolean;
}

export class Reducer {
  readonly #stage: Stage;
  readonly #call: CallContext;
  /** The offset of the last operation: the place of an error that it throws. */
  at = 0;

  constructor(stage: Stage, call: CallContext) {
    this.#stage = stage;
    this.#call = call;
  }

  /** @throws MintError `dataweave.*` if an operation with known operands fails */
  reduce(node: Node): Node {
    switch (node.kind) {
      case 'literal':
      case 'qualified':
        return node;
      case 'reference':
        return this.#resolve(node);
      case 'array':
        return this.#array(node);
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#apply(node);
      case 'not':
        return this.#not(node);
      case 'if':
        return this.#ifElse(node);
      case 'default':
        return this.#default(node);
      case 'logical':
        return this.#logical(node);
      case 'compare':
        return this.#compare(node);
    }
  }

  /** Resolves names and evaluates nothing. */
  #bind(node: Node): Node {
    return node.kind === 'reference' ? this.#resolve(node) : withChildren(node, (child) => this.#bind(child));
  }

  #resolve(node: Reference): Node {
    this.at = node.start;
    const available = this.#stage.available(node.name);
    const value = available === undefined ? functionValues.get(node.name) : available;
    if (value !== undefined) return literalAt(node, value);
    if (this.#stage.declared.has(node.name) || this.#stage.keepRandom) return node;
    throw new MintError('dataweave.unbound-input', `\`${node.name}\` is not available to this policy's expressions.`);
  }

  #array(node: ArrayItems): Node {
    const items = node.items.map((item) => this.reduce(item));
    if (!items.every(isLiteral)) return { ...node, items };
    return literalAt(
      node,
      items.map((item) => item.value),
    );
  }

  #select(node: Select): Node {
    const target = this.reduce(node.target);
    const selector = this.reduce(node.selector);
    if (!isLiteral(target) || !(isLiteral(selector) || selector.kind === 'qualified'))
      return { ...node, target, selector };
    this.at = selector.start;
    if (node.how === 'value' && isLiteral(selector)) {
      return literalAt(node, select(target.value, selector.value, this.#call.budget, this.#call.membersOf));
    }
    requireMembers(target.value, this.#call.membersOf);
    if (isLiteral(selector) && typeof selector.value !== 'string') throw unsupportedSelector(selector.value);
    return literalAt(node, null);
  }

  #apply(node: Call): Node {
    const callee = this.reduce(node.callee);
    const values = node.arguments.map((argument) => this.reduce(argument));
    this.at = node.start;
    if (!isLiteral(callee) || !values.every(isLiteral)) return { ...node, callee, arguments: values };
    if (!(callee.value instanceof FunctionValue)) throw typeMismatch('A call', 'a Function', callee.value);
    const { row } = callee.value;
    if (row.random && this.#stage.keepRandom) return { ...node, callee, arguments: values };
    const result = callFunction(
      row,
      this.#call,
      values.map((value) => value.value),
    );
    return literalAt(node, result);
  }

  #not(node: Not): Node {
    const operand = this.reduce(node.operand);
    if (!isLiteral(operand)) return { ...node, operand };
    return literalAt(node, !this.#truth(operand, '`not`'));
  }

  #ifElse(node: IfElse): Node {
    const condition = this.reduce(node.condition);
    if (!isLiteral(condition)) {
      return { ...node, condition, whenTrue: this.#bind(node.whenTrue), whenFalse: this.#bind(node.whenFalse) };
    }
    return this.reduce(this.#truth(condition, 'The condition of `if`') ? node.whenTrue : node.whenFalse);
  }

  #default(node: Default): Node {
    const left = this.reduce(node.left);
    if (!isLiteral(left)) return { ...node, left, right: this.#bind(node.right) };
    return left.value === null ? this.reduce(node.right) : left;
  }

  #logical(node: Logical): Node {
    const subject = `A side of \`${node.operator}\``;
    const decisive = node.operator === 'or';
    const left = this.reduce(node.left);
    if (!isLiteral(left)) return { ...node, left, right: this.#bind(node.right) };
    if (this.#truth(left, subject) === decisive) return literalAt(node, decisive);
    const right = this.reduce(node.right);
    if (!isLiteral(right)) return { ...node, left, right };
    return literalAt(node, this.#truth(right, subject));
  }

  #compare(node: Compare): Node {
    const left = this.reduce(node.left);
    if (!isLiteral(left)) return { ...node, left, right: this.#bind(node.right) };
    const right = this.reduce(node.right);
    if (!isLiteral(right)) return { ...node, left, right };
    this.at = node.start;
    return literalAt(node, compareValues(node.operator, left.value, right.value, this.#call.budget));
  }

  #truth(operand: Literal, subject: string): boolean {
    this.at = operand.start;
    return requireBoolean(operand.value, subject);
  }
}
