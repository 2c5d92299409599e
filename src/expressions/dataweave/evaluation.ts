/**
 * @module
 * What closures share while one expression is evaluated for one request: the bounds, the request, the moment.
 */
import type { Bindings } from '../bindings.ts';
import { Meter } from './bounds.ts';
import { mismatch, wrongCount } from './failures.ts';
import { FunctionValue, type Value } from './values.ts';

/** A variable's place is found when the expression is compiled: so many frames up, and there so many slots in. */
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

  /** The request. Only what reads it asks, and such an expression is never evaluated without one. */
  get bindings(): Bindings {
    if (this.#bindings === undefined) throw new Error('an expression that reads the request is evaluated without one');
    return this.#bindings;
  }

  /** An input as a value, made once for a request. */
  input(name: string, read: (bindings: Bindings, meter: Meter) => Value): Value {
    const known = this.#inputs.get(name);
    if (known !== undefined) return known;
    const value = read(this.bindings, this.meter);
    this.#inputs.set(name, value);
    return value;
  }

  /** Calls a function with as many of these arguments as it takes. */
  call(callee: FunctionValue, ...values: readonly Value[]): Value {
    if (values.length < callee.least) throw wrongCount(callee.name, callee.least, callee.most, values.length);
    return callee.run(values.length > callee.most ? values.slice(0, callee.most) : values);
  }

  /** Calls what the expression itself calls, with exactly these arguments. */
  callExactly(callee: Value, values: readonly Value[]): Value {
    if (callee === null) return null;
    if (!(callee instanceof FunctionValue)) throw mismatch('a call', 'a Function', callee);
    if (values.length < callee.least || values.length > callee.most)
      throw wrongCount(callee.name, callee.least, callee.most, values.length);
    return callee.run(values);
  }
}
