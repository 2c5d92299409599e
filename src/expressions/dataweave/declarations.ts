/**
 * @module
 * Compiles `var`, `fun` and `type` of a header or a `do`. Functions can use each other and all variables. A variable
 * that is not a function can use only the variables above it. Functions with the same name are overloads.
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

/** Returns a function that assigns the declared values to their slots in a frame. */
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

/** Only functions may share a name. */
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

/** A lambda can use itself and all variables, as a `fun` can, so it is compiled when all of them have their slots. */
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

/** As in the engine, the type of a variable does not convert the value, and is checked for literals only. */
function requireLiteral(
  { value: node, name }: Declaration & { kind: 'var' },
  type: TypeValue | undefined,
  { source }: Compiling,
): void {
  if (type === undefined || node.kind !== 'literal' || type.accepts(node.value)) return;
  const message = `The value of the variable \`${name}\` is not a ${type.name}.`;
  throw new LocatedError(problemAt(source, node.start, 'dataweave.type-mismatch', { message }));
}

function overloaded(name: string, forms: readonly FunctionValue[]): FunctionValue {
  const [only] = forms;
  if (only !== undefined && forms.length === 1) return only;
  const minArguments = Math.min(...forms.map((form) => form.minArguments));
  const maxArguments = Math.max(...forms.map((form) => form.maxArguments));
  return new FunctionValue(name, minArguments, maxArguments, (values) => firstThatTakes(name, forms, values));
}

/** The first overload that takes the arguments as they are, or else the first that they can be converted to. */
function firstThatTakes(name: string, forms: readonly FunctionValue[], values: readonly Value[]): Value {
  const fitting = forms.filter(
    ({ minArguments, maxArguments }) => values.length >= minArguments && values.length <= maxArguments,
  );
  const form = fitting.find(({ takes }) => takes(values)) ?? fitting.find((one) => converts(one, values)) ?? fitting[0];
  if (form !== undefined) return form.run(values);
  throw new MintError('dataweave.argument-count', `No overload of \`${name}\` takes ${values.length} arguments.`);
}

function converts({ signature }: FunctionValue, values: readonly Value[]): boolean {
  return values.every((value, i) => {
    const type = signature?.parameters[i]?.type;
    return type === undefined || type.accepts(value) || implied(value, type.base) !== undefined;
  });
}
