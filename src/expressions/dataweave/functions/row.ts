/**
 * @module
 * A function of DataWeave 2.x is a row with forms, one for each list of parameters.
 *
 * As in the engine, a call uses the first form that takes the arguments as they are, or else the one for which the
 * fewest of them must be converted (a Number to a String, for example).
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import type { Varying } from '../../member-reads.ts';
import { impliedConversion, typesOf } from '../conversion.ts';
import { chargeConversion, chargeOperand } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { Absence, wrongCount } from '../failures.ts';
import { isNumber, type Num } from '../numbers.ts';
import {
  FunctionValue,
  isArray,
  isTime,
  isType,
  ObjectValue,
  RegexValue,
  type TimeKind,
  type TimeValue,
  type TypeBase,
  type TypeValue,
  type Value,
} from '../values.ts';

export interface ParameterType<T extends Value = Value> {
  readonly name: string;
  readonly accepts: (value: Value) => value is T;
  /** Converts an argument of another type; undefined if arguments are not converted. */
  readonly convert: ((value: Value) => Value | undefined) | undefined;
  /** The default of an optional parameter. */
  readonly fallback?: T;
}

export interface Form {
  readonly parameters: readonly ParameterType[];
  readonly minArguments: number;
  readonly run: (call: Evaluation, values: readonly Value[]) => Value;
}

export interface FunctionRow {
  readonly module: string;
  readonly name: string;
  /** One sentence for the documentation. */
  readonly summary: string;
  readonly forms: readonly Form[];
  /** Why two calls with the same arguments may return different values; absent if they do not. */
  readonly varies?: Varying;
}

type ValuesOf<T extends readonly ParameterType[]> = {
  -readonly [i in keyof T]: T[i] extends ParameterType<infer V> ? V : never;
};

/** Makes a form from the types of its parameters and its implementation. */
export function form<const T extends readonly ParameterType[]>(
  parameters: T,
  run: (call: Evaluation, ...values: ValuesOf<T>) => Value,
): Form {
  const optional = parameters.filter(({ fallback }) => fallback !== undefined).length;
  return {
    parameters,
    minArguments: parameters.length - optional,
    // Each value has been accepted by the type of its parameter.
    run: (call, values) => run(call, ...(values as unknown as ValuesOf<T>)),
  };
}

export function typed<T extends Value>(
  name: string,
  accepts: (value: Value) => boolean,
  base?: TypeBase,
): ParameterType<T> {
  return { name, accepts: accepts as (value: Value) => value is T, convert: base && impliedConversion(base) };
}

export const any: ParameterType = typed('Any', () => true);
export const nothing = typed<null>('Null', (value) => value === null);
/** The form of a function that returns null for null. */
export const nullForNull: Form = form([nothing], () => null);
export const string = typed<string>('String', (value) => typeof value === 'string', 'String');
export const number = typed<Num>('Number', isNumber, 'Number');
export const boolean = typed<boolean>('Boolean', (value) => typeof value === 'boolean', 'Boolean');
export const array = typed<readonly Value[]>('Array', isArray, 'Array');
export const object = typed<ObjectValue>('Object', (value) => value instanceof ObjectValue);
export const binary = typed<Uint8Array>('Binary', (value) => value instanceof Uint8Array, 'Binary');
export const regex = typed<RegexValue>('Regex', (value) => value instanceof RegexValue);
export const type = typed<TypeValue>('Type', isType);
export const lambda = typed<FunctionValue>('Function', (value) => value instanceof FunctionValue);

export function time<const K extends TimeKind>(kind: K): ParameterType<TimeValue & { kind: K }> {
  return typed(kind, (value) => isTime(value) && value.kind === kind, kind);
}

export const anyTime = typed<TimeValue>('Date | DateTime | Time', isTime);

/** An optional parameter. */
export function optional<T extends Value>(parameter: ParameterType<T>, fallback: T): ParameterType<T> {
  return { ...parameter, fallback };
}

/** Whether the second parameter is a function, so that `$` on the right of an infix call is its parameter. */
export function takesFunction(row: FunctionRow): boolean {
  return row.forms.some(({ parameters }) => parameters[1] !== undefined && parameters[1].name === lambda.name);
}

/** @throws MintError `dataweave.type-mismatch` if no form takes the arguments, and the errors of the function */
export function callRow(row: FunctionRow, call: Evaluation, values: readonly Value[]): Value {
  for (const value of values) chargeOperand(value, call.meter);
  for (const one of row.forms) if (takesAsIs(one, values)) return runForm(one, call, values);
  return callConverted(row, call, values);
}

/** As in the engine, the form that needs the fewest conversions, or else the first of these. */
function callConverted(row: FunctionRow, call: Evaluation, values: readonly Value[]): Value {
  let best: { readonly form: Form; readonly converted: readonly Value[]; readonly changes: number } | undefined;
  for (const one of row.forms) {
    const converted = takesConverted(one, values);
    if (converted === undefined) continue;
    const changes = converted.filter((value, i) => value !== values[i]).length;
    if (best === undefined || changes < best.changes) best = { form: one, converted, changes };
    if (changes <= 1) break;
  }
  if (best === undefined) throw noForm(row, values);
  const { form: chosen, converted } = best;
  for (const [i, value] of converted.entries()) if (value !== values[i]) chargeConversion(value, call.meter);
  return runForm(chosen, call, converted);
}

function runForm(one: Form, call: Evaluation, values: readonly Value[]): Value {
  const found = one.run(call, filled(one, values));
  if (typeof found !== 'string') chargeOperand(found, call.meter);
  return found;
}

function fits({ parameters, minArguments }: Form, count: number): boolean {
  return count >= minArguments && count <= parameters.length;
}

function takesAsIs(one: Form, values: readonly Value[]): boolean {
  if (!fits(one, values.length)) return false;
  for (let i = 0; i < values.length; i++) if (one.parameters[i]?.accepts(values[i] ?? null) !== true) return false;
  return true;
}

function takesConverted(one: Form, values: readonly Value[]): readonly Value[] | undefined {
  if (!fits(one, values.length)) return undefined;
  const converted: Value[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    const parameter = one.parameters[i];
    const found = parameter && convertedFor(parameter, value);
    if (found === undefined) return undefined;
    converted.push(found);
  }
  return converted;
}

function convertedFor(parameter: ParameterType, value: Value): Value | undefined {
  return parameter.accepts(value) ? value : parameter.convert?.(value);
}

function filled({ parameters }: Form, values: readonly Value[]): readonly Value[] {
  if (values.length === parameters.length) return values;
  return parameters.map(({ fallback }, i) => values[i] ?? fallback ?? null);
}

function noForm(row: FunctionRow, values: readonly Value[]): MintError {
  if (row.forms.every((one) => !fits(one, values.length))) {
    return wrongCount(row.name, ...countsOf(row), values.length);
  }
  const wanted = row.forms.map(({ parameters }) => `(${parameters.map(({ name }) => name).join(', ')})`).join(' or ');
  const message = `\`${row.name}\` takes ${wanted}, not (${typesOf(values)}).`;
  if (values.includes(null)) return new Absence('dataweave.type-mismatch', message);
  return new MintError('dataweave.type-mismatch', message);
}

/** The function as a value, for a name that is not called. */
export function functionOf(row: FunctionRow, call: Evaluation): FunctionValue {
  return new FunctionValue(row.name, ...countsOf(row), (values) => callRow(row, call, values));
}

function countsOf({ forms }: FunctionRow): [minArguments: number, maxArguments: number] {
  return [
    Math.min(...forms.map(({ minArguments }) => minArguments)),
    Math.max(...forms.map(({ parameters }) => parameters.length)),
  ];
}
