/**
 * @module
 * Functions whose value is another at each request: chance and the clock, both of which the request brings.
 */
import type { Evaluation } from '../evaluation.ts';
import { fromDouble, multiply, type Num, rounded } from '../numbers.ts';
import { type FunctionRow, form, number } from './row.ts';

const module = 'dw::Core';

/** A random number takes its time, and the decimal that it becomes. */
const stepsPerChance = 10;

/** 48 of the random bits of a UUID, as a number from 0 to below 1. */
function chance({ bindings, meter }: Evaluation): Num {
  meter.charge(stepsPerChance);
  const bits = bindings.randomId().replaceAll('-', '').slice(-12);
  return fromDouble(Number.parseInt(bits, 16) / 2 ** 48);
}

export const randomRows: readonly FunctionRow[] = [
  {
    module,
    name: 'uuid',
    summary: 'A random UUID, version 4.',
    forms: [form([], ({ bindings }) => bindings.randomId())],
    random: true,
  },
  {
    module,
    name: 'random',
    summary: 'A random number from 0 to below 1.',
    forms: [form([], (call) => chance(call))],
    random: true,
  },
  {
    module,
    name: 'randomInt',
    summary: 'A random whole number from 0 to below the argument.',
    forms: [form([number], (call, below) => rounded(multiply(chance(call), below), 'down'))],
    random: true,
  },
  {
    module,
    name: 'now',
    summary: 'The moment of the evaluation, in UTC.',
    forms: [
      form([], ({ bindings }) => ({
        kind: 'DateTime',
        at: Temporal.Instant.fromEpochMilliseconds(bindings.now).toZonedDateTimeISO('UTC'),
      })),
    ],
    random: true,
  },
];
