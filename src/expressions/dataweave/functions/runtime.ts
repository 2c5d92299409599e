/**
 * @module
 * Functions of `dw::Runtime` that raise and handle errors.
 */
import { MintError } from '../../../diagnostics/mint-error.ts';
import type { Evaluation } from '../evaluation.ts';
import { isCatchable, Unavailable } from '../failures.ts';
import { requireWrittenCondition } from '../operators.ts';
import { type Thrown, thrownAs, thrownOf } from '../thrown.ts';
import { FunctionValue, ObjectValue, type Value } from '../values.ts';
import { any, type FunctionRow, form, lambda, optional, type ParameterType, string } from './row.ts';

const module = 'dw::Runtime';

/** Making an error takes time, because of its stack trace. */
const stepsPerFailure = 25;

/** A function that needs no argument. */
const supplier: ParameterType<FunctionValue> = {
  ...lambda,
  accepts: (value): value is FunctionValue => value instanceof FunctionValue && value.minArguments === 0,
};

const result: ParameterType<ObjectValue> = {
  name: 'Result',
  accepts: (value): value is ObjectValue => value instanceof ObjectValue && isResult(value),
  convert: undefined,
};

function isResult(value: ObjectValue): boolean {
  const success = value.get('success');
  return typeof success === 'boolean' && value.indexOf(success ? 'result' : 'error') !== -1;
}

const errorMembers = ['kind', 'message', 'location', 'stack'];

/**
 * The error in the result of `try`. Its members that mintproc does not have, such as the stack of Mule's own modules,
 * fail when they are read.
 */
class CaughtError extends ObjectValue {
  readonly #thrown: Thrown | undefined;

  constructor(thrown: Thrown | undefined) {
    super(errorMembers, []);
    this.#thrown = thrown;
    // Whoever reads all members reads one that is not there.
    Object.defineProperty(this, 'values', { get: () => this.#missing() });
  }

  override get(key: string): Value | undefined {
    if (!errorMembers.includes(key)) return undefined;
    if (key === 'kind') return this.#thrown?.kind ?? this.#missing();
    if (key === 'message') return this.#thrown?.message ?? this.#missing();
    return this.#missing();
  }

  #missing(): never {
    throw new Unavailable(
      'dataweave.unsupported',
      'The details of this error are not available here. Use `success`, `orElse` or the text given to `fail`.',
    );
  }
}

function attempt(call: Evaluation, delegate: FunctionValue): Value {
  const mark = call.meter.mark();
  try {
    return new ObjectValue(['success', 'result'], [true, call.call(delegate)]);
  } catch (error) {
    if (!isCatchable(error)) throw error;
    call.meter.returnTo(mark);
    call.meter.charge(stepsPerFailure);
    return new ObjectValue(['success', 'error'], [false, new CaughtError(thrownOf(error))]);
  }
}

function failed(message: string): MintError {
  const error = new MintError('dataweave.failed', 'The expression called `fail`.');
  return thrownAs(error, () => ({ kind: 'UserException', message }));
}

export const runtimeRows: readonly FunctionRow[] = [
  {
    module,
    name: 'fail',
    summary: 'Fails, with the given text as the message of the error.',
    forms: [
      form([optional(string, '')], (_, message) => {
        throw failed(message);
      }),
    ],
  },
  {
    module,
    name: 'failIf',
    summary: 'The value; fails if the function returns true for it.',
    forms: [
      form([any, lambda, optional(string, 'Failed')], (call, value, by, message) => {
        if (requireWrittenCondition(call.call(by, value))) throw failed(message);
        return value;
      }),
    ],
  },
  {
    module,
    name: 'try',
    summary: 'Calls the function; an object with `success`, and `result` or `error`. Limits still fail.',
    forms: [form([supplier], attempt)],
  },
  {
    module,
    name: 'orElse',
    summary: 'The `result` of a `try`, or the result of the function if it failed.',
    forms: [
      form([result, supplier], (call, previous, otherwise) =>
        previous.get('success') === true ? (previous.get('result') ?? null) : call.call(otherwise),
      ),
    ],
  },
  {
    module,
    name: 'orElseTry',
    summary: 'The result of a `try`, or that of a `try` of the function if it failed.',
    forms: [
      form([result, supplier], (call, previous, otherwise) =>
        previous.get('success') === true ? previous : attempt(call, otherwise),
      ),
    ],
  },
];
