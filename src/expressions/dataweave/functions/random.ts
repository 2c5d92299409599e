/**
 * @module
 * Functions with a different value at each request: random numbers and the clock. Both come from the request's
 * bindings.
 */
import type { Evaluation } from '../evaluation.ts';
import { Moment } from '../moments.ts';
import { fromDouble, multiply, type Num, rounded } from '../numbers.ts';
import { type FunctionRow, form, number } from './row.ts';

const module = 'dw::Core';

/** The cost of a random number and of making a decimal of it. */
const stepsPerRandomNumber = 10;

/** A number from 0 to below 1, made of 48 random bits of a UUID. */
function randomNumber({ bindings, meter }: Evaluation): Num {
  meter.charge(stepsPerRandomNumber);
  const bits = bindings.randomId().replaceAll('-', '').slice(-12);
  return fromDouble(Number.parseInt(bits, 16) / 2 ** 48);
}

export const randomRows: readonly FunctionRow[] = [
  {
    module,
    name: 'uuid',
    summary: 'A random UUID, version 4.',
    forms: [form([], ({ bindings }) => bindings.randomId())],
    varies: 'random',
  },
  {
    module,
    name: 'random',
    summary: 'A random number from 0 to below 1.',
    forms: [form([], (call) => randomNumber(call))],
    varies: 'random',
  },
  {
    module,
    name: 'randomInt',
    summary: 'A random whole number from 0 to below the argument.',
    forms: [form([number], (call, below) => rounded(multiply(randomNumber(call), below), 'down'))],
    varies: 'random',
  },
  {
    module,
    name: 'now',
    summary: 'The time of the evaluation, in UTC.',
    forms: [
      form([], ({ bindings }) => ({
        kind: 'DateTime',
        at: Moment.ofMilliseconds(bindings.now),
      })),
    ],
    varies: 'time',
  },
];
