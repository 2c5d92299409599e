/**
 * @module
 * The state of one evaluation that all closures share: the steps so far and the request.
 */
import type { Bindings } from '../bindings.ts';
import { Meter } from './bounds.ts';
import { mismatch, wrongCount } from './failures.ts';
import { FunctionValue, type Value } from './values.ts';

/** The variables of a function call or block. The compiler replaces each name by a number of frames and a slot. */
export interface Frame {
  readonly slots: Value[];
  readonly parent: Frame | undefined;
}

export type Run = (frame: Frame) => Value;

/** One per compiled expression: evaluation is synchronous and never re-entered. */
export class Evaluation {
  readonly meter = new Meter();
  #bindings: Bindings | undefined;
  readonly #inputs = new Map<string, Value>();

  start(bindings: Bindings | undefined): void {
    this.#bindings = bindings;
    this.#inputs.clear();
    this.meter.restart();
  }

  /** The request. An expression that needs it is never evaluated without one. */
  get bindings(): Bindings {
    if (this.#bindings === undefined) throw new Error('an expression that needs a request was evaluated without one');
    return this.#bindings;
  }

  /** The value of an input, made once per request. */
  input(name: string, read: (bindings: Bindings, meter: Meter) => Value): Value {
    const known = this.#inputs.get(name);
    if (known !== undefined) return known;
    const value = read(this.bindings, this.meter);
    this.#inputs.set(name, value);
    return value;
  }

  /** Calls a function, leaving out the arguments at the end that it does not take. */
  call(callee: FunctionValue, ...values: readonly Value[]): Value {
    if (values.length < callee.minArguments)
      throw wrongCount(callee.name, callee.minArguments, callee.maxArguments, values.length);
    return callee.run(values.length > callee.maxArguments ? values.slice(0, callee.maxArguments) : values);
  }

  /** Calls a function with exactly these arguments, as a call in the expression does. */
  callExactly(callee: Value, values: readonly Value[]): Value {
    if (callee === null) return null;
    if (!(callee instanceof FunctionValue)) throw mismatch('a call', 'a Function', callee);
    if (values.length < callee.minArguments || values.length > callee.maxArguments)
      throw wrongCount(callee.name, callee.minArguments, callee.maxArguments, values.length);
    return callee.run(values);
  }
}
