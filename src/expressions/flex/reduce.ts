/**
 * @module
 * Partial evaluation: works a tree out as far as the inputs known at one stage allow. What is finished becomes a
 * literal; the rest stays a tree.
 *
 * This is Flex Gateway's evaluator, rule by rule, and the meaning of the language in this room. It runs when a policy
 * loads, with no input known (so `'a' ++ null` stops the policy from loading), and for the few expressions that
 * `compile.ts` leaves alone also at a request. What is only *bound* is not worked out yet: the right side of an
 * operator whose left side is unknown may be wrong without anyone noticing before a request gets there.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import type { InputName } from '../bindings.ts';
import { type IfElse, type Literal, literalAt, type Node, type Select } from './ast.ts';
import { requireBoolean, typeMismatch } from './coercion.ts';
import { equalValues, inOrder } from './equality.ts';
import { callFunction, functionValues } from './functions/index.ts';
import { requireHolder, select, unsupportedSelector } from './selection.ts';
import type { CallContext } from './values.ts';
import { FunctionValue, type Value } from './values.ts';

/** What names mean at one stage. */
export interface Stage {
  /** The inputs that this or a later stage binds. */
  readonly declared: ReadonlySet<InputName>;
  /** The value of the input that this stage binds; undefined for the others. */
  available(name: string): Value | undefined;
  /** Leave random functions for later, and names of unknown inputs too: for keeping `uuid()` fresh per request. */
  readonly keepRandom: boolean;
}

export class Reducer {
  readonly #stage: Stage;
  readonly #call: CallContext;
  /** Where the last operation stands: the place of an error that it throws. */
  at = 0;

  constructor(stage: Stage, call: CallContext) {
    this.#stage = stage;
    this.#call = call;
  }

  /** @throws MintError `dataweave.*` where an operation fails whose operands are known */
  reduce(node: Node): Node {
    switch (node.kind) {
      case 'literal':
      case 'qualified':
        return node;
      case 'reference':
        return this.#resolve(node);
      case 'array':
        return this.#array(
          node,
          node.items.map((item) => this.reduce(item)),
        );
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#apply(
          node,
          this.reduce(node.callee),
          node.arguments.map((argument) => this.reduce(argument)),
        );
      case 'not':
        return this.#not(node, this.reduce(node.operand));
      case 'if':
        return this.#ifElse(node);
      default:
        return this.#binary(node);
    }
  }

  /** Resolves names, and works nothing out. */
  bind(node: Node): Node {
    switch (node.kind) {
      case 'literal':
      case 'qualified':
        return node;
      case 'reference':
        return this.#resolve(node);
      case 'array':
        return { ...node, items: node.items.map((item) => this.bind(item)) };
      case 'select':
        return { ...node, target: this.bind(node.target), selector: this.bind(node.selector) };
      case 'call':
        return {
          ...node,
          callee: this.bind(node.callee),
          arguments: node.arguments.map((argument) => this.bind(argument)),
        };
      case 'not':
        return { ...node, operand: this.bind(node.operand) };
      case 'if':
        return { ...this.#branches(node), condition: this.bind(node.condition) };
      default:
        return { ...node, left: this.bind(node.left), right: this.bind(node.right) };
    }
  }

  #resolve(node: Node & { kind: 'reference' }): Node {
    this.at = node.start;
    const available = this.#stage.available(node.name);
    const value = available === undefined ? functionValues.get(node.name) : available;
    if (value !== undefined) return literalAt(node, value);
    if ((this.#stage.declared as ReadonlySet<string>).has(node.name) || this.#stage.keepRandom) return node;
    throw new MintError('dataweave.unbound-input', `\`${node.name}\` is not available to this policy's expressions.`);
  }

  #array(node: Node & { kind: 'array' }, items: readonly Node[]): Node {
    return items.every(isLiteral)
      ? literalAt(
          node,
          items.map((item) => item.value),
        )
      : { ...node, items };
  }

  #select(node: Select): Node {
    const target = this.reduce(node.target);
    const selector = this.reduce(node.selector);
    if (!isLiteral(target) || !(isLiteral(selector) || selector.kind === 'qualified'))
      return { ...node, target, selector };
    this.at = selector.start;
    if (node.how === 'value' && isLiteral(selector)) {
      return literalAt(node, select(target.value, selector.value, this.#call.budget, this.#call.find));
    }
    requireHolder(target.value, this.#call.find);
    if (isLiteral(selector) && typeof selector.value !== 'string') throw unsupportedSelector(selector.value);
    return literalAt(node, null);
  }

  #apply(node: Node & { kind: 'call' }, callee: Node, values: readonly Node[]): Node {
    this.at = node.start;
    if (!isLiteral(callee) || !values.every(isLiteral)) return { ...node, callee, arguments: values };
    if (!(callee.value instanceof FunctionValue)) throw typeMismatch('A call', 'a Function', callee.value);
    if (callee.value.row.random && this.#stage.keepRandom) return { ...node, callee, arguments: values };
    return literalAt(
      node,
      callFunction(
        callee.value.row,
        this.#call,
        values.map((value) => value.value),
      ),
    );
  }

  #not(node: Node & { kind: 'not' }, operand: Node): Node {
    if (!isLiteral(operand)) return { ...node, operand };
    this.at = operand.start;
    return literalAt(node, !requireBoolean(operand.value, '`not`'));
  }

  #ifElse(node: IfElse): Node {
    const condition = this.reduce(node.condition);
    if (!isLiteral(condition)) return { ...this.#branches(node), condition };
    this.at = condition.start;
    return this.reduce(requireBoolean(condition.value, 'The condition of `if`') ? node.whenTrue : node.whenFalse);
  }

  #branches(node: IfElse): IfElse {
    return { ...node, whenTrue: this.bind(node.whenTrue), whenFalse: this.bind(node.whenFalse) };
  }

  #binary(node: Node & { kind: 'default' | 'logical' | 'compare' }): Node {
    const left = this.reduce(node.left);
    if (!isLiteral(left)) return { ...node, left, right: this.bind(node.right) };
    this.at = left.start;
    if (node.kind === 'default') return left.value === null ? this.reduce(node.right) : left;
    if (node.kind === 'logical' && this.#truth(left, node.operator) === (node.operator === 'or')) {
      return literalAt(node, node.operator === 'or');
    }
    const right = this.reduce(node.right);
    if (!isLiteral(right)) return { ...node, left, right };
    this.at = node.kind === 'logical' ? right.start : node.start;
    if (node.kind === 'logical') return literalAt(node, this.#truth(right, node.operator));
    return literalAt(node, this.#compare(node.operator, left.value, right.value));
  }

  #truth(side: Literal, operator: string): boolean {
    return requireBoolean(side.value, `A side of \`${operator}\``);
  }

  #compare(operator: (Node & { kind: 'compare' })['operator'], left: Value, right: Value): boolean {
    if (operator === '==') return equalValues(left, right, this.#call.budget);
    if (operator === '!=') return !equalValues(left, right, this.#call.budget);
    return inOrder(operator, left, right);
  }
}

export function isLiteral(node: Node): node is Literal {
  return node.kind === 'literal';
}
