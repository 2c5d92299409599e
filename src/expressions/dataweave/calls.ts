/**
 * @module
 * Compiles calls, lambdas and declared functions. A function may be written as its body alone on the right of an infix
 * call, if the called function expects a function there. `$`, `$$` and `$$$` are then its parameters.
 */
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import { type Compiling, noteRow } from './compiling.ts';
import { convert } from './conversion.ts';
import type { Frame, Run } from './evaluation.ts';
import { wrongType } from './failures.ts';
import { callRow, type FunctionRow, takesFunction } from './functions/row.ts';
import { explainUnknown } from './naming.ts';
import { Scope } from './scope.ts';
import type { LambdaNode, Node, NodeOf, Parameter } from './syntax.ts';
import { anyType, typeText } from './type-values.ts';
import { FunctionValue, type Signature, type TypeValue, type Value } from './values.ts';

const shortNames = ['$', '$$', '$$$'];

/** The function whose body is an expression with the parameters `$`, `$$` and `$$$`. */
export function compileShort(node: Node, outer: Scope, compiling: Compiling): (frame: Frame) => FunctionValue {
  const scope = new Scope(outer);
  for (const name of shortNames) scope.declare(name);
  const body = compiling.compile(node, scope);
  const { meter } = compiling.evaluation;
  return (parent) =>
    new FunctionValue(undefined, 0, shortNames.length, (values) => {
      meter.enter(node);
      const found = body({ slots: [...values], parent });
      meter.leave(node);
      return found;
    });
}

export function compileLambda(node: LambdaNode, outer: Scope, compiling: Compiling): (frame: Frame) => FunctionValue {
  return compileFunction(undefined, node, outer, compiling);
}

interface CompiledParameter {
  readonly type: TypeValue | undefined;
  readonly fallback: Run | undefined;
  readonly name: string;
}

export function compileFunction(
  name: string | undefined,
  node: LambdaNode,
  outer: Scope,
  compiling: Compiling,
): (frame: Frame) => FunctionValue {
  const scope = new Scope(outer);
  requireAdjacentDefaults(node.parameters, compiling);
  defineTypeParameters(node, scope, compiling);
  const parameters = compileParameters(node.parameters, scope, compiling);
  const result = node.result && compiling.type(node.result, scope);
  const body = compiling.compile(node.body, scope);
  const { meter } = compiling.evaluation;
  const minArguments = parameters.filter(({ fallback }) => fallback === undefined).length;
  const takes = (values: readonly Value[]): boolean => {
    const omitted = countOmitted(parameters, values);
    return values.every((value, i) => parameters[omitted + i]?.type?.accepts(value) !== false);
  };
  const signature = signatureOf(parameters, result);
  return (parent) => {
    const run = (values: readonly Value[]): Value => {
      meter.enter(node);
      const frame: Frame = { slots: [], parent };
      fillParameters(frame, parameters, values);
      const found = body(frame);
      meter.leave(node);
      return found;
    };
    const second = parameters[1]?.fallback;
    const secondByDefault = second && (() => second({ slots: [null], parent }));
    return new FunctionValue(name, minArguments, parameters.length, run, takes, secondByDefault, signature);
  };
}

/** Parameters with a default must be all first or all last. */
function requireAdjacentDefaults(parameters: readonly Parameter[], { source }: Compiling): void {
  const isOptional = parameters.map(({ fallback }) => fallback !== undefined);
  const changes = isOptional.filter((one, i) => i > 0 && one !== isOptional[i - 1]).length;
  const odd = parameters.find(({ fallback }) => fallback !== undefined)?.fallback;
  if (changes < 2 || odd === undefined) return;
  const message = 'The parameters with a default must be all at the start or all at the end.';
  throw new LocatedError(problemAt(source, odd.start, 'dataweave.unexpected-token', { message }));
}

/** A type parameter `<T>` accepts any value, as in the engine. A bound `<T <: Bound>` applies. */
function defineTypeParameters({ types }: LambdaNode, scope: Scope, compiling: Compiling): void {
  for (const { name, bound } of types) {
    scope.define(name, { kind: 'type', type: bound === undefined ? anyType : compiling.type(bound, scope) });
  }
}

function signatureOf(parameters: readonly CompiledParameter[], result: TypeValue | undefined): Signature {
  return {
    parameters: parameters.map(({ name, type, fallback }) => ({
      name,
      type: type ?? anyType,
      isOptional: fallback !== undefined,
    })),
    result,
  };
}

/** The number of parameters at the start that keep their defaults. If these come first, arguments fill from the end. */
function countOmitted(parameters: readonly CompiledParameter[], values: readonly Value[]): number {
  return parameters[0]?.fallback === undefined ? 0 : Math.max(0, parameters.length - values.length);
}

/** Defaults are compiled before the parameters are declared, so that they cannot refer to them. */
function compileParameters(
  parameters: readonly Parameter[],
  scope: Scope,
  compiling: Compiling,
): readonly CompiledParameter[] {
  const compiled = parameters.map(({ name, type, fallback }) => ({
    name,
    type: type && compiling.type(type, scope),
    fallback: fallback && compiling.compile(fallback, scope),
  }));
  for (const one of parameters) scope.declare(one.name, isFunctionType(one));
  return compiled;
}

function isFunctionType({ type }: Parameter): boolean {
  return type?.kind === 'function';
}

function fillParameters(frame: Frame, parameters: readonly CompiledParameter[], values: readonly Value[]): void {
  const omitted = countOmitted(parameters, values);
  parameters.forEach(({ type, fallback, name }, i) => {
    const isGiven = i >= omitted && i - omitted < values.length;
    const value = isGiven ? (values[i - omitted] ?? null) : (fallback?.(frame) ?? null);
    frame.slots.push(type === undefined ? value : asParameter(value, type, name));
  });
}

/** The argument, converted to the declared type if necessary. */
function asParameter(value: Value, type: TypeValue, name: string): Value {
  if (type.accepts(value) && (type.metadata === undefined || typeof value === 'string')) return value;
  if (type.base === 'Function' || value === null) throw wrongType(`the parameter \`${name}\``, typeText(type), value);
  return convert(value, type, {});
}

/** Whether the second parameter is declared as a function. */
export function secondIsFunction(node: LambdaNode): boolean {
  const [, second] = node.parameters;
  return second !== undefined && isFunctionType(second);
}

export function compileCall(node: NodeOf<'call'>, scope: Scope, compiling: Compiling): Run {
  const { callee } = node;
  const row = callee.kind === 'name' ? rowOf(callee, scope, compiling) : undefined;
  const wrapsRight = node.isInfix && (row === undefined ? isSlotWithFunction(callee, scope) : takesFunction(row));
  const values = node.arguments.map((argument, i) => {
    const short = i === 1 && wrapsRight ? bodyWithoutParameters(argument) : undefined;
    return short === undefined ? compiling.compile(argument, scope) : compileShort(short, scope, compiling);
  });
  const { evaluation } = compiling;
  if (row === undefined) {
    const run = compiling.compile(callee, scope);
    return (frame) =>
      evaluation.callExactly(
        run(frame),
        values.map((value) => value(frame)),
      );
  }
  return compileRowCall(row, values, compiling);
}

/** The body of a function without declared parameters, with or without `() ->`. */
function bodyWithoutParameters(node: Node): Node | undefined {
  if (node.kind !== 'lambda') return node;
  return node.parameters.length === 0 ? node.body : undefined;
}

function compileRowCall(row: FunctionRow, values: readonly Run[], compiling: Compiling): Run {
  const { evaluation } = compiling;
  noteRow(row, compiling);
  const [first, second] = values;
  if (first !== undefined && second === undefined) return (frame) => callRow(row, evaluation, [first(frame)]);
  if (first !== undefined && second !== undefined && values.length === 2) {
    return (frame) => callRow(row, evaluation, [first(frame), second(frame)]);
  }
  return (frame) =>
    callRow(
      row,
      evaluation,
      values.map((value) => value(frame)),
    );
}

function rowOf(callee: NodeOf<'name'>, scope: Scope, compiling: Compiling): FunctionRow | undefined {
  const meaning = scope.find(callee.name);
  if (meaning === undefined) throw explainUnknown(callee, scope, compiling);
  return meaning.kind === 'row' ? meaning.row : undefined;
}

function isSlotWithFunction(callee: Node, scope: Scope): boolean {
  const meaning = callee.kind === 'name' ? scope.find(callee.name) : undefined;
  return meaning?.kind === 'slot' && meaning.takesFunction;
}
