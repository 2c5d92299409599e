/**
 * @module
 * Turns a reduced tree into closures: names resolved, headers looked up directly, nothing of the tree left.
 *
 * Each step carries the stages in which Flex Gateway may finish it, because a header means two things there (see
 * `inputs.ts`). Where the stage depends on the request, or an input is used as a value of its own, there are no
 * closures, and `staged.ts` evaluates the tree.
 */
import { type Bindings, headerName, type InputName, inputNames } from '../bindings.ts';
import type { Budget } from '../limits.ts';
import type { Call, Compare, IfElse, Node, Select } from './ast.ts';
import {
  callerProperty,
  comparison,
  concatenation,
  member,
  memberOfInput,
  noInputs,
  noRandom,
  type Run,
} from './closures.ts';
import { requireBoolean } from './coercion.ts';
import { requireArity } from './functions/index.ts';
import { isLiteral } from './reduce.ts';
import { select, unsupportedSelector } from './selection.ts';
import { type FunctionRow, FunctionValue, type Value, WrittenNumber } from './values.ts';

interface Step extends Stages {
  readonly run: Run;
}

/** The closure for a tree; undefined where only `evaluateStaged` knows its value. */
export function compile(tree: Node, budget: Budget): Run | undefined {
  return new Compiler(budget).step(tree, atLoad)?.run;
}

class Compiler {
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** @param start when the vendor first tries to evaluate the node */
  step(node: Node, start: Stages): Step | undefined {
    switch (node.kind) {
      case 'literal':
        return constantStep(node.value, start);
      case 'reference':
        return node.name === 'payload' ? { run: (b) => b.payload ?? null, ...atStage('payload', start) } : undefined;
      case 'qualified':
        return undefined;
      case 'array':
        return this.#array(node.items, start);
      case 'select':
        return inputSelection(node) ? this.#inputSelect(node, start) : this.#select(node, start);
      case 'call':
        return this.#call(node, start);
      case 'not':
        return this.#not(node.operand, start);
      case 'if':
        return this.#ifElse(node, start);
      case 'default':
        return this.#default(node.left, node.right, start);
      case 'logical':
        return this.#logical(node.operator, node.left, node.right, start);
      case 'compare':
        return this.#compare(node, start);
    }
  }

  #array(items: readonly Node[], start: Stages): Step | undefined {
    const steps = this.#steps(items, start);
    if (steps === undefined) return undefined;
    const runs = steps.map((step) => step.run);
    return { run: (b) => runs.map((run) => run(b)), ...together(steps, start) };
  }

  #steps(nodes: readonly Node[], start: Stages): readonly Step[] | undefined {
    const steps: Step[] = [];
    for (const node of nodes) {
      const step = this.step(node, start);
      if (step === undefined) return undefined;
      steps.push(step);
    }
    return steps;
  }

  /** `attributes.method`, `attributes.headers[…]`, `authentication.principal`, `vars.x`. */
  #inputSelect(node: Select, start: Stages): Step | undefined {
    const map = mapOfAttributes(node.target);
    if (map === 'headers') return this.#header(node.selector, start);
    if (map === 'queryParams')
      return this.#lookup(node.selector, start, (b, name) => b.attributes.queryParams().get(name) ?? null);
    if (node.target.kind !== 'reference' || !isLiteral(node.selector)) return undefined;
    const name = node.selector.value;
    if (typeof name !== 'string' || name === 'headers' || name === 'queryParams') return undefined;
    const run = memberOfInput(node.target.name, name);
    return run && { run, ...atStage(node.target.name as InputName, start) };
  }

  #header(selector: Node, start: Stages): Step | undefined {
    const stage = atStage('attributes', start);
    const isLive = stage.to === stageOf('attributes');
    if (isLiteral(selector) && typeof selector.value === 'string') {
      const exact = selector.value;
      const name = headerName(exact);
      if (isLive) return { run: (b) => b.attributes.header(name) ?? null, ...stage };
      if (stage.from === stageOf('attributes')) return undefined;
      return { run: (b) => b.attributes.lastHeader(exact) ?? null, ...stage };
    }
    return isLive
      ? this.#lookup(selector, start, (b, name) => b.attributes.header(headerName(name)) ?? null)
      : undefined;
  }

  /** A name computed per request. It must be known in the stage that binds the attributes, or the map is a kept one. */
  #lookup(selector: Node, start: Stages, find: (bindings: Bindings, name: string) => Value): Step | undefined {
    const name = this.step(selector, start);
    if (name === undefined) return undefined;
    const stage = together([name, { run: name.run, ...atStage('attributes', start) }], start);
    if (isLiteral(selector) && typeof selector.value === 'string') {
      const fixed = selector.value;
      return { run: (b) => find(b, fixed), ...stage };
    }
    if (stage.to !== stageOf('attributes')) return undefined;
    const run: Run = (b) => {
      const key = name.run(b);
      if (typeof key === 'string') return find(b, key);
      if (typeof key === 'number' || key instanceof WrittenNumber) return null;
      throw unsupportedSelector(key);
    };
    return { run, ...stage };
  }

  /** `.@name` and `.*name` are left alone: the vendor loses the inputs inside their targets from stage to stage. */
  #select(node: Select, start: Stages): Step | undefined {
    const target = node.how === 'value' ? this.step(node.target, start) : undefined;
    const selector = target && this.step(node.selector, start);
    if (target === undefined || selector === undefined) return undefined;
    const stages = together([target, selector], start);
    const name = isLiteral(node.selector) ? node.selector.value : undefined;
    if (typeof name === 'string') {
      const run = isCallersProperties(node.target) ? callerProperty(name) : member(target.run, name, this.#budget);
      return { run, ...stages };
    }
    const budget = this.#budget;
    return { run: (b) => select(target.run(b), selector.run(b), budget, noInputs), ...stages };
  }

  #call(node: Call, start: Stages): Step | undefined {
    if (!isLiteral(node.callee) || !(node.callee.value instanceof FunctionValue)) return undefined;
    const { row } = node.callee.value;
    const steps = this.#steps(node.arguments, start);
    if (steps === undefined) return undefined;
    const stages = together(steps, start);
    const [left, right, ...more] = steps;
    if (row.name === '++' && left !== undefined && right !== undefined && more.length === 0) {
      return { run: concatenation(left.run, right.run), ...stages };
    }
    return {
      run: this.#application(
        row,
        steps.map((step) => step.run),
      ),
      ...stages,
    };
  }

  #application(row: FunctionRow, runs: readonly Run[]): Run {
    const { flex } = row.profiles;
    const call = { budget: this.#budget, randomId: noRandom, find: noInputs };
    if (row.random) return (b) => flex({ ...call, randomId: () => b.randomId() }, ...runs.map((run) => run(b)));
    const [first, second] = runs;
    const exact = 'exactly' in row.arity && row.arity.exactly === runs.length;
    if (exact && first !== undefined && second === undefined) return (b) => flex(call, first(b));
    if (exact && first !== undefined && second !== undefined) return (b) => flex(call, first(b), second(b));
    return (b) => {
      const values = runs.map((run) => run(b));
      requireArity(row, values.length);
      return flex(call, ...values);
    };
  }

  #not(operand: Node, start: Stages): Step | undefined {
    const step = this.step(operand, start);
    return step && { ...step, run: (b) => !requireBoolean(step.run(b), '`not`') };
  }

  #ifElse(node: IfElse, start: Stages): Step | undefined {
    const condition = this.step(node.condition, start);
    if (condition === undefined) return undefined;
    const whenTrue = this.step(node.whenTrue, condition);
    const whenFalse = this.step(node.whenFalse, condition);
    if (whenTrue === undefined || whenFalse === undefined) return undefined;
    const run: Run = (b) =>
      requireBoolean(condition.run(b), 'The condition of `if`') ? whenTrue.run(b) : whenFalse.run(b);
    return { run, from: Math.min(whenTrue.from, whenFalse.from), to: Math.max(whenTrue.to, whenFalse.to) };
  }

  #default(left: Node, right: Node, start: Stages): Step | undefined {
    const first = this.step(left, start);
    const second = first && this.step(right, first);
    if (first === undefined || second === undefined) return undefined;
    return { run: (b) => first.run(b) ?? second.run(b), from: first.from, to: second.to };
  }

  #logical(operator: 'and' | 'or', left: Node, right: Node, start: Stages): Step | undefined {
    const first = this.step(left, start);
    const second = first && this.step(right, first);
    if (first === undefined || second === undefined) return undefined;
    const what = `A side of \`${operator}\``;
    const decisive = operator === 'or';
    const run: Run = (b) => {
      if (requireBoolean(first.run(b), what) === decisive) return decisive;
      return requireBoolean(second.run(b), what);
    };
    return { run, from: first.from, to: second.to };
  }

  #compare(node: Compare, start: Stages): Step | undefined {
    const left = this.step(node.left, start);
    const right = left && this.step(node.right, left);
    if (left === undefined || right === undefined) return undefined;
    return { run: comparison(node, left.run, right.run, this.#budget), from: right.from, to: right.to };
  }
}

function constantStep(value: Value, start: Stages): Step {
  return { run: () => value, from: start.from, to: start.to };
}

/** Whether this selects in an input: straight from its name, or from one of the two maps in `attributes`. */
function inputSelection(node: Select): boolean {
  if (node.how !== 'value') return false;
  const { target } = node;
  return (target.kind === 'reference' && target.name !== 'payload') || mapOfAttributes(target) !== undefined;
}

function mapOfAttributes(node: Node): 'headers' | 'queryParams' | undefined {
  const name = memberOf('attributes', node);
  return name === 'headers' || name === 'queryParams' ? name : undefined;
}

function isCallersProperties(node: Node): boolean {
  return memberOf('authentication', node) === 'properties';
}

/** `name` where a node is `input.name`. */
function memberOf(input: InputName, node: Node): Value | undefined {
  if (node.kind !== 'select' || node.how !== 'value' || !isLiteral(node.selector)) return undefined;
  return node.target.kind === 'reference' && node.target.name === input ? node.selector.value : undefined;
}

/**
 * The earliest and the latest stage in which a step is finished; 0 is loading, then one for each input: Flex Gateway binds
 * `vars`, `attributes`, `authentication` and `payload` in this order, and evaluates each time as far as it gets.
 */
interface Stages {
  readonly from: number;
  readonly to: number;
}

const atLoad: Stages = { from: 0, to: 0 };

function stageOf(input: InputName): number {
  return inputNames.indexOf(input) + 1;
}

function atStage(input: InputName, start: Stages): Stages {
  const stage = stageOf(input);
  return { from: Math.max(stage, start.from), to: Math.max(stage, start.to) };
}

function together(steps: readonly Stages[], start: Stages): Stages {
  return {
    from: Math.max(start.from, ...steps.map((step) => step.from)),
    to: Math.max(start.to, ...steps.map((step) => step.to)),
  };
}
