/**
 * @module
 * Compiles a reduced tree into closures: they resolve names at load, look headers up directly and do not use the tree.
 *
 * Each step carries the range of stages in which Flex Gateway may finish it, because the stage decides how a header is
 * read (see `inputs.ts`). If the stage depends on the request, or an input is used as a value of its own, the tree is
 * not compiled, and `staged.ts` evaluates it.
 */
import { type Bindings, headerName, type InputName, inputNames, isInputName } from '../bindings.ts';
import type { Budget } from '../limits.ts';
import {
  type ArrayItems,
  type Call,
  type Compare,
  type Default,
  type IfElse,
  isLiteral,
  type Logical,
  type Node,
  type Not,
  type Reference,
  type Select,
} from './ast.ts';
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
import { select, unsupportedSelector } from './selection.ts';
import { type FunctionRow, FunctionValue, type Value, WrittenNumber } from './values.ts';

interface Step extends StageRange {
  readonly run: Run;
}

/** The closure for a tree; undefined if only `evaluateStaged` can evaluate it. */
export function compile(tree: Node, budget: Budget): Run | undefined {
  return new Compiler(budget).step(tree, atLoad)?.run;
}

class Compiler {
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** @param start the stages in which the vendor first tries to evaluate the node */
  step(node: Node, start: StageRange): Step | undefined {
    switch (node.kind) {
      case 'literal':
        return constantStep(node.value, start);
      case 'reference':
        return referenceStep(node, start);
      case 'qualified':
        return undefined;
      case 'array':
        return this.#array(node, start);
      case 'select':
        return isInputSelection(node) ? this.#inputSelect(node, start) : this.#select(node, start);
      case 'call':
        return this.#call(node, start);
      case 'not':
        return this.#not(node, start);
      case 'if':
        return this.#ifElse(node, start);
      case 'default':
        return this.#default(node, start);
      case 'logical':
        return this.#logical(node, start);
      case 'compare':
        return this.#compare(node, start);
    }
  }

  #array({ items }: ArrayItems, start: StageRange): Step | undefined {
    const steps = this.#steps(items, start);
    if (steps === undefined) return undefined;
    const runs = steps.map((step) => step.run);
    return { run: (b) => runs.map((run) => run(b)), ...allOf(steps, start) };
  }

  #steps(nodes: readonly Node[], start: StageRange): readonly Step[] | undefined {
    const steps: Step[] = [];
    for (const node of nodes) {
      const step = this.step(node, start);
      if (step === undefined) return undefined;
      steps.push(step);
    }
    return steps;
  }

  /** `attributes.method`, `attributes.headers[…]`, `authentication.principal`, `vars.x`. */
  #inputSelect(node: Select, start: StageRange): Step | undefined {
    const map = mapOfAttributes(node.target);
    if (map === 'headers') return this.#header(node.selector, start);
    if (map === 'queryParams')
      return this.#lookup(node.selector, start, (b, name) => b.attributes.queryParams().get(name) ?? null);
    if (node.target.kind !== 'reference' || !isLiteral(node.selector)) return undefined;
    const name = node.selector.value;
    if (typeof name !== 'string' || name === 'headers' || name === 'queryParams') return undefined;
    const input = node.target.name;
    if (!isInputName(input)) return undefined;
    const run = memberOfInput[input](name);
    return run && { run, ...atStage(input, start) };
  }

  #header(selector: Node, start: StageRange): Step | undefined {
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

  /** A name that may be computed at the request: then it must be known in the stage that binds the attributes. */
  #lookup(selector: Node, start: StageRange, find: (bindings: Bindings, name: string) => Value): Step | undefined {
    const name = this.step(selector, start);
    if (name === undefined) return undefined;
    const stage = allOf([name, { run: name.run, ...atStage('attributes', start) }], start);
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

  /** `.@name` and `.*name` are not compiled: between two stages the vendor loses the inputs in their targets. */
  #select(node: Select, start: StageRange): Step | undefined {
    const target = node.how === 'value' ? this.step(node.target, start) : undefined;
    const selector = target && this.step(node.selector, start);
    if (target === undefined || selector === undefined) return undefined;
    const stages = allOf([target, selector], start);
    const name = isLiteral(node.selector) ? node.selector.value : undefined;
    if (typeof name === 'string') {
      const run = isCallersProperties(node.target) ? callerProperty(name) : member(target.run, name, this.#budget);
      return { run, ...stages };
    }
    const budget = this.#budget;
    return { run: (b) => select(target.run(b), selector.run(b), budget, noInputs), ...stages };
  }

  #call(node: Call, start: StageRange): Step | undefined {
    if (!isLiteral(node.callee) || !(node.callee.value instanceof FunctionValue)) return undefined;
    const { row } = node.callee.value;
    const steps = this.#steps(node.arguments, start);
    if (steps === undefined) return undefined;
    const stages = allOf(steps, start);
    const [left, right, ...more] = steps;
    if (row.name === '++' && left !== undefined && right !== undefined && more.length === 0) {
      return { run: concatenation(left.run, right.run), ...stages };
    }
    const runs = steps.map((step) => step.run);
    return { run: this.#application(row, runs), ...stages };
  }

  #application(row: FunctionRow, runs: readonly Run[]): Run {
    const { flex } = row.profiles;
    const call = { budget: this.#budget, randomId: noRandom, membersOf: noInputs };
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

  #not({ operand }: Not, start: StageRange): Step | undefined {
    const step = this.step(operand, start);
    return step && { ...step, run: (b) => !requireBoolean(step.run(b), '`not`') };
  }

  #ifElse(node: IfElse, start: StageRange): Step | undefined {
    const condition = this.step(node.condition, start);
    if (condition === undefined) return undefined;
    const whenTrue = this.step(node.whenTrue, condition);
    const whenFalse = this.step(node.whenFalse, condition);
    if (whenTrue === undefined || whenFalse === undefined) return undefined;
    const run: Run = (b) =>
      requireBoolean(condition.run(b), 'The condition of `if`') ? whenTrue.run(b) : whenFalse.run(b);
    return { run, from: Math.min(whenTrue.from, whenFalse.from), to: Math.max(whenTrue.to, whenFalse.to) };
  }

  #default({ left, right }: Default, start: StageRange): Step | undefined {
    const first = this.step(left, start);
    const second = first && this.step(right, first);
    if (first === undefined || second === undefined) return undefined;
    return { run: (b) => first.run(b) ?? second.run(b), from: first.from, to: second.to };
  }

  #logical({ operator, left, right }: Logical, start: StageRange): Step | undefined {
    const first = this.step(left, start);
    const second = first && this.step(right, first);
    if (first === undefined || second === undefined) return undefined;
    const subject = `A side of \`${operator}\``;
    const decisive = operator === 'or';
    const run: Run = (b) => {
      if (requireBoolean(first.run(b), subject) === decisive) return decisive;
      return requireBoolean(second.run(b), subject);
    };
    return { run, from: first.from, to: second.to };
  }

  #compare(node: Compare, start: StageRange): Step | undefined {
    const left = this.step(node.left, start);
    const right = left && this.step(node.right, left);
    if (left === undefined || right === undefined) return undefined;
    return { run: comparison(node, left.run, right.run, this.#budget), from: right.from, to: right.to };
  }
}

function constantStep(value: Value, start: StageRange): Step {
  return { run: () => value, from: start.from, to: start.to };
}

function referenceStep({ name }: Reference, start: StageRange): Step | undefined {
  return name === 'payload' ? { run: (b) => b.payload ?? null, ...atStage('payload', start) } : undefined;
}

/** Whether a node selects from an input by its name, or from one of the two maps in `attributes`. */
function isInputSelection(node: Select): boolean {
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

/** `name` if the node is `input.name`. */
function memberOf(input: InputName, node: Node): Value | undefined {
  if (node.kind !== 'select' || node.how !== 'value' || !isLiteral(node.selector)) return undefined;
  return node.target.kind === 'reference' && node.target.name === input ? node.selector.value : undefined;
}

/**
 * The earliest and the latest stage in which a step is finished. Stage 0 is loading, and each input has the next one:
 * Flex Gateway binds `vars`, `attributes`, `authentication` and `payload` in this order, and evaluates each time as far
 * as it can.
 */
interface StageRange {
  readonly from: number;
  readonly to: number;
}

const atLoad: StageRange = { from: 0, to: 0 };

function stageOf(input: InputName): number {
  return inputNames.indexOf(input) + 1;
}

function atStage(input: InputName, start: StageRange): StageRange {
  const stage = stageOf(input);
  return { from: Math.max(stage, start.from), to: Math.max(stage, start.to) };
}

/** The range of a step that needs the results of all of these. */
function allOf(steps: readonly StageRange[], start: StageRange): StageRange {
  return {
    from: Math.max(start.from, ...steps.map((step) => step.from)),
    to: Math.max(start.to, ...steps.map((step) => step.to)),
  };
}
