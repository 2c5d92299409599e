/**
 * @module
 * Turns the tree into closures over frames: names become slots, literals values, functions their rows. Nothing of the
 * tree is left when a request comes.
 */
import { MintError } from '../../diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { type InputName, inputNames } from '../bindings.ts';
import { compileCall, compileLambda } from './calls.ts';
import type { Compiling } from './compiling.ts';
import { compileConversion, compileObject, compileText } from './construction.ts';
import { toBoolean } from './conversion.ts';
import { compileDeclarations } from './declarations.ts';
import { typeIn } from './declared-types.ts';
import type { Evaluation, Frame, Run } from './evaluation.ts';
import { Absence } from './failures.ts';
import { functionOf } from './functions/row.ts';
import { compileMatch } from './matching.ts';
import { explainUnknown, outermostScope, requireImports } from './naming.ts';
import { negated, operators, requireBoolean, requireCondition } from './operators.ts';
import { shaping } from './output.ts';
import { readInput } from './request.ts';
import { type Meaning, Scope, type Slot } from './scope.ts';
import { compileFilter, compileSelect, compileTest } from './selection.ts';
import type { Node, Script, TypeNode } from './syntax.ts';
import type { Tracer } from './tracing.ts';
import { compileUpdate } from './updating.ts';
import type { TypeValue, Value } from './values.ts';

export interface CompiledScript {
  readonly run: () => ReturnType<Run>;
  /** Whether the value may differ from request to request. */
  readonly needsRequest: boolean;
}

/** @throws LocatedError `dataweave.unknown-name`, `dataweave.unsupported`, `dataweave.unbound-input` */
export function compileScript(
  source: SourceText,
  script: Script,
  declared: ReadonlySet<InputName>,
  call: Evaluation,
  tracer?: Tracer,
): CompiledScript {
  const compiler = new Compiler(source, declared, call, tracer);
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
  return { run: shaping(script.output, run, call), needsRequest: compiler.needsRequest };
}

/** An error that `default` answers for takes its time to be made: it knows where it comes from. */
const stepsPerFailure = 25;

class Compiler implements Compiling {
  readonly source: SourceText;
  readonly call: Evaluation;
  needsRequest = false;
  readonly #declared: ReadonlySet<InputName>;
  readonly #tracer: Tracer | undefined;

  constructor(source: SourceText, declared: ReadonlySet<InputName>, call: Evaluation, tracer: Tracer | undefined) {
    this.#tracer = tracer;
    this.source = source;
    this.call = call;
    this.#declared = declared;
  }

  compile(node: Node, scope: Scope): Run {
    const run = this.#closure(node, scope);
    return this.#tracer === undefined ? run : this.#tracer.watch(node, run);
  }

  /** No default: a kind that is missing here is an error of types. */
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
      case 'not':
        return this.#unary(node, scope);
      case 'binary':
      case 'logical':
      case 'default':
        return this.#binary(node, scope);
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
      case 'is':
        return compileConversion(node, scope, this);
      case 'select':
        return compileSelect(node, scope, this);
      case 'filter':
        return compileFilter(node, scope, this);
      case 'exists':
      case 'assert':
        return compileTest(node, scope, this);
    }
  }

  #name(node: Node & { kind: 'name' }, scope: Scope): Run {
    const meaning = scope.find(node.name);
    if (meaning?.kind === 'slot') {
      return meaning.isVariable ? variableReader(meaning, node.name) : slotReader(meaning.up, meaning.index);
    }
    const input = inputNames.find((name) => name === node.name);
    if (meaning === undefined && input !== undefined) return this.input(input, node.start);
    if (meaning === undefined) throw explainUnknown(node, scope, this);
    if (meaning.kind === 'row' && meaning.row.random === true) this.needsRequest = true;
    const value = valueFrom(meaning, this.call);
    return () => value;
  }

  input(input: InputName, at: number): Run {
    this.requireInput(input, at);
    const { call } = this;
    return () => call.input(input, readInput[input]);
  }

  requireInput(input: InputName, at: number): void {
    this.needsRequest = true;
    if (this.#declared.has(input)) return;
    throw new LocatedError(
      problemAt(this.source, at, 'dataweave.unbound-input', {
        message: `\`${input}\` is not available to this policy's expressions.`,
        suggestion: 'It reads `attributes` and `authentication`.',
      }),
    );
  }

  type(node: TypeNode, scope: Scope): TypeValue {
    return typeIn(node, scope, this.source);
  }

  #array(node: Node & { kind: 'array' }, scope: Scope): Run {
    const { meter } = this.call;
    const items = node.items.map(({ value }) => this.compile(value, scope));
    if (node.items.every(({ condition }) => condition === undefined)) {
      return (frame) => meter.items(items.map((item) => item(frame)));
    }
    const conditions = node.items.map(({ condition }) => condition && this.compile(condition, scope));
    const isThere = (frame: Frame, i: number): boolean => requireCondition(conditions[i]?.(frame) ?? true);
    return (frame) => meter.items(items.flatMap((item, i) => (isThere(frame, i) ? [item(frame)] : [])));
  }

  #if(node: Node & { kind: 'if' }, scope: Scope): Run {
    const condition = this.compile(node.condition, scope);
    const whenTrue = this.compile(node.whenTrue, scope);
    const whenFalse = this.compile(node.whenFalse, scope);
    return (frame) => (requireCondition(condition(frame)) ? whenTrue(frame) : whenFalse(frame));
  }

  #unary(node: Node & { kind: 'negate' | 'not' }, scope: Scope): Run {
    const operand = this.compile(node.operand, scope);
    if (node.kind === 'negate') return (frame) => negated(operand(frame), this.call.meter);
    return (frame) => !requireBoolean(operand(frame), '`not`');
  }

  #binary(node: Node & { kind: 'binary' | 'logical' | 'default' }, scope: Scope): Run {
    const left = this.compile(node.left, scope);
    const right = this.compile(node.right, scope);
    if (node.kind === 'default') return this.#default(left, right);
    if (node.kind === 'logical') {
      this.#requireBooleanLiteral(node.operator, node.left);
      this.#requireBooleanLiteral(node.operator, node.right);
      return logical(node.operator, left, right);
    }
    this.#requireOperands(node);
    const operate = operators[node.operator];
    const { meter } = this.call;
    return (frame) => operate(left(frame), right(frame), meter);
  }

  /** The engine refuses a script whose `and` has something on either side that can never be a Boolean. */
  #requireBooleanLiteral(operator: string, node: Node): void {
    const isBoolean = node.kind !== 'literal' || (node.value !== null && toBoolean(node.value) !== undefined);
    if (isBoolean && !['array', 'object', 'lambda'].includes(node.kind)) return;
    throw new LocatedError(
      problemAt(this.source, node.start, 'dataweave.type-mismatch', {
        message: `\`${operator}\` needs a Boolean on both sides.`,
      }),
    );
  }

  /** It refuses a calculation with a null that is written there. */
  #requireOperands({ operator, left, right }: Node & { kind: 'binary' }): void {
    const isNull = (node: Node): boolean => node.kind === 'literal' && node.value === null;
    const isValue = (node: Node): boolean => node.kind === 'literal' && node.value !== null;
    if (!'+-*/'.includes(operator) || !(isNull(left) || (isNull(right) && isValue(left)))) return;
    throw new LocatedError(
      problemAt(this.source, isNull(left) ? left.start : right.start, 'dataweave.type-mismatch', {
        message: `\`${operator}\` does not take null.`,
      }),
    );
  }

  #default(left: Run, right: Run): Run {
    const { meter } = this.call;
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

  #do(node: Node & { kind: 'do' }, outer: Scope): Run {
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

function valueFrom(meaning: Exclude<Meaning, { kind: 'slot' }>, call: Evaluation): Value {
  if (meaning.kind === 'row') return functionOf(meaning.row, call);
  if (meaning.kind === 'constant') return meaning.value;
  return meaning.kind === 'type' ? meaning.type : meaning.type([]);
}

/** A function that is called on the way to a variable's value finds none. */
function variableReader({ up, index }: Slot, name: string): Run {
  return (frame) => {
    let at: Frame | undefined = frame;
    for (let i = 0; i < up; i++) at = at?.parent;
    const value = at?.slots[index];
    if (value !== undefined) return value;
    throw new MintError('dataweave.unknown-name', `The variable \`${name}\` is read before it has its value.`);
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

function logical(operator: 'and' | 'or', left: Run, right: Run): Run {
  const what = `\`${operator}\``;
  if (operator === 'and') return (frame) => requireBoolean(left(frame), what) && requireBoolean(right(frame), what);
  return (frame) => requireBoolean(left(frame), what) || requireBoolean(right(frame), what);
}
