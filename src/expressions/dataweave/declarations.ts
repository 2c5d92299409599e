/**
 * @module
 * `var`, `fun` and `type`, of a header or a `do`. Functions know each other and all variables; a variable that is no
 * function knows those above it. Functions of one name are forms of one function.
 */

import { MintError } from '../../diagnostics/mint-error.ts';
import { LocatedError, problemAt } from '../../diagnostics/problem.ts';
import { compileFunction, secondIsFunction } from './calls.ts';
import type { Compiling } from './compiling.ts';
import { implied } from './conversion.ts';
import { defineTypes } from './declared-types.ts';
import type { Frame, Run } from './evaluation.ts';
import type { Scope } from './scope.ts';
import type { Declaration, LambdaNode } from './syntax.ts';
import { FunctionValue, type TypeValue, type Value } from './values.ts';

/** Fills the slots that the declarations have in a frame. */
export function compileDeclarations(
  declarations: readonly Declaration[],
  scope: Scope,
  compiling: Compiling,
): (frame: Frame) => void {
  const functions = new Map<string, { readonly index: number; readonly lambdas: LambdaNode[] }>();
  defineTypes(declarations, scope, compiling.source);
  requireOnce(declarations, compiling);
  for (const one of declarations) {
    if (one.kind !== 'fun') continue;
    const known = functions.get(one.name);
    if (known !== undefined) known.lambdas.push(one.lambda);
    else
      functions.set(one.name, { index: scope.declare(one.name, secondIsFunction(one.lambda)), lambdas: [one.lambda] });
  }
  const declared = declarations.flatMap((one) => (one.kind === 'var' ? [declareVariable(one, scope, compiling)] : []));
  const variables = declared.map(({ index, compile }) => ({ index, run: compile() }));
  const made = [...functions].map(([name, { index, lambdas }]) => {
    const forms = lambdas.map((lambda) => compileFunction(name, lambda, scope, compiling));
    return {
      index,
      make: (frame: Frame) =>
        overloaded(
          name,
          forms.map((form) => form(frame)),
        ),
    };
  });
  return (frame) => {
    for (const { index, make } of made) frame.slots[index] = make(frame);
    for (const { index, run } of variables) frame.slots[index] = run(frame);
  };
}

/** A name is declared once; only functions share one, as forms of one function. */
function requireOnce(declarations: readonly Declaration[], { source }: Compiling): void {
  const known = new Map<string, string>();
  for (const one of declarations) {
    if (one.kind === 'type') continue;
    const before = known.get(one.name);
    if (before === 'var' || (before === 'fun' && one.kind === 'var')) {
      const { start } = one.kind === 'var' ? one.value : one.lambda;
      const message = `\`${one.name}\` is declared twice.`;
      throw new LocatedError(problemAt(source, start, 'dataweave.unexpected-token', { message }));
    }
    known.set(one.name, one.kind);
  }
}

/** A function knows itself and all variables, as a `fun` does: it is compiled when all have their places. */
function declareVariable(
  one: Declaration & { kind: 'var' },
  scope: Scope,
  compiling: Compiling,
): { readonly index: number; readonly compile: () => Run } {
  const type = one.type && compiling.type(one.type, scope);
  requireLiteral(one, type, compiling);
  if (one.value.kind === 'lambda') {
    const index = scope.declareVariable(one.name);
    return { index, compile: () => compiling.compile(one.value, scope) };
  }
  const value = compiling.compile(one.value, scope);
  return { index: scope.declareVariable(one.name), compile: () => value };
}

/** The type of a variable converts nothing, as in the engine, which only sees what is written right there. */
function requireLiteral(
  { value: node, name }: Declaration & { kind: 'var' },
  type: TypeValue | undefined,
  { source }: Compiling,
): void {
  if (type === undefined || node.kind !== 'literal' || type.accepts(node.value)) return;
  const message = `The variable \`${name}\` is declared to be ${type.name}.`;
  throw new LocatedError(problemAt(source, node.start, 'dataweave.type-mismatch', { message }));
}

/** The first form that takes the arguments. */
function overloaded(name: string, forms: readonly FunctionValue[]): FunctionValue {
  const [only] = forms;
  if (only !== undefined && forms.length === 1) return only;
  const least = Math.min(...forms.map((form) => form.least));
  const most = Math.max(...forms.map((form) => form.most));
  return new FunctionValue(name, least, most, (values) => firstThatTakes(name, forms, values));
}

/** The first that takes the arguments as they are, else the first to whose types they can be converted. */
function firstThatTakes(name: string, forms: readonly FunctionValue[], values: readonly Value[]): Value {
  const fitting = forms.filter(({ least, most }) => values.length >= least && values.length <= most);
  const form = fitting.find(({ takes }) => takes(values)) ?? fitting.find((one) => converts(one, values)) ?? fitting[0];
  if (form !== undefined) return form.run(values);
  throw new MintError('dataweave.argument-count', `No form of ${name} takes ${values.length} arguments.`);
}

function converts({ signature }: FunctionValue, values: readonly Value[]): boolean {
  return values.every((value, i) => {
    const type = signature?.parameters[i]?.type;
    return type === undefined || type.accepts(value) || implied(value, type.base) !== undefined;
  });
}
