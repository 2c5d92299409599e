/**
 * @module
 * Compiles the tree to closures over frames. Names become slots, literals become values, and calls refer to the row of
 * their function, so that a request does not use the tree.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type InputName, inputNames } from '../bindings.ts';
import { insteadOfInput } from '../habits.ts';
import type { MemberRead } from '../member-reads.ts';
import { compileCall, compileLambda } from './calls.ts';
import { type Compiling, noteRow } from './compiling.ts';
import { compileAs, compileIs, compileObject, compileText } from './construction.ts';
import { toBoolean } from './conversion.ts';
import { compileDeclarations } from './declarations.ts';
import { typeIn } from './declared-types.ts';
import type { Evaluation, Frame, Run } from './evaluation.ts';
import { Absence } from './failures.ts';
import { functionOf } from './functions/row.ts';
import { compileMatch } from './matching.ts';
import { explainUnknown, outermostScope, requireImports } from './naming.ts';
import { negated, operators, requireBoolean, requireCondition, requireWrittenCondition } from './operators.ts';
import { withOutputOptions } from './output.ts';
import { readInput } from './request.ts';
import { type Meaning, Scope, type Slot } from './scope.ts';
import { compileAssert, compileExists, compileFilter, compileSelect } from './selection.ts';
import type { Node, NodeOf, Script, TypeNode } from './syntax.ts';
import type { Tracer } from './tracing.ts';
import { compileUpdate } from './updating.ts';
import type { TypeValue } from './values.ts';

export interface CompiledScript {
  readonly run: () => ReturnType<Run>;
  /** Whether the value may differ between requests. */
  readonly needsRequest: boolean;
  readonly reads: readonly MemberRead[];
}

/** @throws LocatedError `dataweave.unknown-name`, `dataweave.unsupported`, `dataweave.unbound-input` */
export function compileScript(
  source: SourceText,
  script: Script,
  declared: ReadonlySet<InputName>,
  evaluation: Evaluation,
  tracer?: Tracer,
): CompiledScript {
  const compiler = new Compiler(source, declared, evaluation, tracer);
  const outermost = outermostScope();
  requireImports(script.imports, outermost, compiler);
  const scope = new Scope(outermost);
  const enter = compileDeclarations(script.declarations, scope, compiler);
  const body = compiler.compile(script.body, scope);
  const run = () => {
    const frame: Frame = { slots: [], parent: undefined };
    enter(frame);
    return body(frame);
  };
  const { needsRequest, reads } = compiler;
  return { run: withOutputOptions(script.output, run, evaluation), needsRequest, reads };
}

/** Making an error takes time, because of its stack trace. */
const stepsPerFailure = 25;

class Compiler implements Compiling {
  readonly source: SourceText;
  readonly evaluation: Evaluation;
  needsRequest = false;
  readonly reads: MemberRead[] = [];
  readonly #declared: ReadonlySet<InputName>;
  readonly #tracer: Tracer | undefined;

  constructor(
    source: SourceText,
    declared: ReadonlySet<InputName>,
    evaluation: Evaluation,
    tracer: Tracer | undefined,
  ) {
    this.#tracer = tracer;
    this.source = source;
    this.evaluation = evaluation;
    this.#declared = declared;
  }

  compile(node: Node, scope: Scope): Run {
    const run = this.#closure(node, scope);
    return this.#tracer === undefined ? run : this.#tracer.watch(node, run);
  }

  #closure(node: Node, scope: Scope): Run {
    switch (node.kind) {
      case 'literal': {
        const { value } = node;
        return () => value;
      }
      case 'name':
        return this.#name(node, scope);
      case 'array':
        return this.#array(node, scope);
      case 'if':
        return this.#if(node, scope);
      case 'negate':
        return this.#negate(node, scope);
      case 'not':
        return this.#not(node, scope);
      case 'binary':
        return this.#binary(node, scope);
      case 'logical':
        return this.#logical(node, scope);
      case 'default':
        return this.#default(node, scope);
      case 'text':
        return compileText(node, scope, this);
      case 'object':
        return compileObject(node, scope, this);
      case 'call':
        return compileCall(node, scope, this);
      case 'lambda':
        return compileLambda(node, scope, this);
      case 'match':
        return compileMatch(node, scope, this);
      case 'update':
        return compileUpdate(node, scope, this);
      case 'do':
        return this.#do(node, scope);
      case 'as':
        return compileAs(node, scope, this);
      case 'is':
        return compileIs(node, scope, this);
      case 'select':
        return compileSelect(node, scope, this);
      case 'filter':
        return compileFilter(node, scope, this);
      case 'exists':
        return compileExists(node, scope, this);
      case 'assert':
        return compileAssert(node, scope, this);
    }
  }

  #name(node: NodeOf<'name'>, scope: Scope): Run {
    const meaning = scope.find(node.name);
    return meaning === undefined ? this.#unboundName(node, scope) : this.#meaning(meaning, node.name);
  }

  /** An input, unless a declaration hides it. */
  #unboundName(node: NodeOf<'name'>, scope: Scope): Run {
    const input = inputNames.find((name) => name === node.name);
    if (input === undefined) throw explainUnknown(node, scope, this);
    this.reads.push({ input, names: [] });
    return this.input(input, node.start);
  }

  input(input: InputName, at: number): Run {
    this.requireInput(input, at);
    const { evaluation } = this;
    return () => evaluation.input(input, readInput[input]);
  }

  #meaning(meaning: Meaning, name: string): Run {
    switch (meaning.kind) {
      case 'slot':
        return meaning.isVariable ? variableReader(meaning, name) : slotReader(meaning.up, meaning.index);
      case 'row': {
        noteRow(meaning.row, this);
        const value = functionOf(meaning.row, this.evaluation);
        return () => value;
      }
      case 'constant': {
        const { value } = meaning;
        return () => value;
      }
      case 'type': {
        const { type } = meaning;
        return () => type;
      }
      case 'declared': {
        const type = meaning.type([]);
        return () => type;
      }
    }
  }

  requireInput(input: InputName, at: number): void {
    this.needsRequest = true;
    if (this.#declared.has(input)) return;
    throw new LocatedError(
      problemAt(this.source, at, 'dataweave.unbound-input', {
        message: `\`${input}\` is not available to this policy's expressions.`,
        suggestion:
          insteadOfInput(input) ??
          `The available inputs are ${[...this.#declared].map((name) => `\`${name}\``).join(' and ')}.`,
      }),
    );
  }

  type(node: TypeNode, scope: Scope): TypeValue {
    return typeIn(node, scope, this.source);
  }

  #array(node: NodeOf<'array'>, scope: Scope): Run {
    const { meter } = this.evaluation;
    const items = node.items.map(({ value }) => this.compile(value, scope));
    if (node.items.every(({ condition }) => condition === undefined)) {
      return (frame) => meter.items(items.map((item) => item(frame)));
    }
    const conditions = node.items.map(({ condition }) => condition && this.compile(condition, scope));
    const isIncluded = (frame: Frame, i: number): boolean => requireCondition(conditions[i]?.(frame) ?? true);
    return (frame) => meter.items(items.flatMap((item, i) => (isIncluded(frame, i) ? [item(frame)] : [])));
  }

  #if(node: NodeOf<'if'>, scope: Scope): Run {
    const condition = this.compile(node.condition, scope);
    const whenTrue = this.compile(node.whenTrue, scope);
    const whenFalse = this.compile(node.whenFalse, scope);
    const test = this.source.text.startsWith('unless', node.start) ? requireCondition : requireWrittenCondition;
    return (frame) => (test(condition(frame)) ? whenTrue(frame) : whenFalse(frame));
  }

  #negate(node: NodeOf<'negate'>, scope: Scope): Run {
    const operand = this.compile(node.operand, scope);
    const { meter } = this.evaluation;
    return (frame) => negated(operand(frame), meter);
  }

  #not(node: NodeOf<'not'>, scope: Scope): Run {
    const operand = this.compile(node.operand, scope);
    return (frame) => !requireBoolean(operand(frame), '`not`');
  }

  #binary(node: NodeOf<'binary'>, scope: Scope): Run {
    const left = this.compile(node.left, scope);
    const right = this.compile(node.right, scope);
    this.#refuseNullLiteral(node);
    const operate = operators[node.operator];
    const { meter } = this.evaluation;
    return (frame) => operate(left(frame), right(frame), meter);
  }

  /** As the engine does, refuses a script that calculates with the literal `null`. */
  #refuseNullLiteral({ operator, left, right }: NodeOf<'binary'>): void {
    const isNull = (node: Node): boolean => node.kind === 'literal' && node.value === null;
    const isValue = (node: Node): boolean => node.kind === 'literal' && node.value !== null;
    if (!'+-*/'.includes(operator) || !(isNull(left) || (isNull(right) && isValue(left)))) return;
    throw new LocatedError(
      problemAt(this.source, isNull(left) ? left.start : right.start, 'dataweave.type-mismatch', {
        message: `\`${operator}\` does not take null.`,
      }),
    );
  }

  #logical(node: NodeOf<'logical'>, scope: Scope): Run {
    const left = this.compile(node.left, scope);
    const right = this.compile(node.right, scope);
    this.#requireBoolean(node.operator, node.left);
    this.#requireBoolean(node.operator, node.right);
    const what = `\`${node.operator}\``;
    switch (node.operator) {
      case 'and':
        return (frame) => requireBoolean(left(frame), what) && requireBoolean(right(frame), what);
      case 'or':
        return (frame) => requireBoolean(left(frame), what) || requireBoolean(right(frame), what);
    }
  }

  /** As the engine does, refuses a script with an operand of `and` or `or` that can never be a Boolean. */
  #requireBoolean(operator: string, node: Node): void {
    const isBoolean = node.kind !== 'literal' || (node.value !== null && toBoolean(node.value) !== undefined);
    if (isBoolean && !['array', 'object', 'lambda'].includes(node.kind)) return;
    throw new LocatedError(
      problemAt(this.source, node.start, 'dataweave.type-mismatch', {
        message: `\`${operator}\` needs a Boolean on both sides.`,
      }),
    );
  }

  #default(node: NodeOf<'default'>, scope: Scope): Run {
    const left = this.compile(node.left, scope);
    const right = this.compile(node.right, scope);
    const { meter } = this.evaluation;
    return (frame) => {
      const mark = meter.mark();
      try {
        return left(frame) ?? right(frame);
      } catch (error) {
        if (!(error instanceof Absence)) throw error;
        meter.returnTo(mark);
        meter.charge(stepsPerFailure);
        return right(frame);
      }
    };
  }

  #do(node: NodeOf<'do'>, outer: Scope): Run {
    const scope = new Scope(outer);
    requireImports(node.imports, scope, this);
    const enter = compileDeclarations(node.declarations, scope, this);
    const body = this.compile(node.body, scope);
    return (parent) => {
      const frame: Frame = { slots: [], parent };
      enter(frame);
      return body(frame);
    };
  }
}

/** A function may be called before the variable has a value, and then read it. */
function variableReader({ up, index }: Slot, name: string): Run {
  return (frame) => {
    let at: Frame | undefined = frame;
    for (let i = 0; i < up; i++) at = at?.parent;
    const value = at?.slots[index];
    if (value !== undefined) return value;
    throw new MintError('dataweave.unknown-name', `The variable \`${name}\` is read before it has a value.`);
  };
}

function slotReader(up: number, index: number): Run {
  if (up === 0) return (frame) => frame.slots[index] ?? null;
  if (up === 1) return (frame) => frame.parent?.slots[index] ?? null;
  return (frame) => {
    let at: Frame | undefined = frame;
    for (let i = 0; i < up; i++) at = at?.parent;
    return at?.slots[index] ?? null;
  };
}
