/**
 * @module
 * Functions of `dw::Core` on numbers, and those that find the largest or smallest item.
 */
import { limits } from '../../limits.ts';
import type { Meter } from '../bounds.ts';
import { compare } from '../compare.ts';
import { toNumber } from '../conversion.ts';
import { chargeOperand, chargeProduct } from '../cost.ts';
import type { Evaluation } from '../evaluation.ts';
import { wrongType } from '../failures.ts';
import {
  absolute,
  add,
  compareNumbers,
  divide,
  fromDouble,
  isWhole,
  type Num,
  power,
  remainder,
  rounded,
  toDouble,
} from '../numbers.ts';
import { Range, type Value } from '../values.ts';
import { array, type FunctionRow, form, lambda, number, time } from './row.ts';

const module = 'dw::Core';

function sum({ meter }: Evaluation, items: readonly Value[]): Num {
  const numbers = meter.items(items).map((item) => {
    const found = toNumber(item);
    if (found === undefined) throw wrongType('each item of `sum` and `avg`', 'a Number', item);
    return found;
  });
  // The sum does not start from zero, so that a single `1e10` keeps its exponent.
  for (const one of numbers) chargeOperand(one, meter);
  return numbers.length === 0 ? 0 : numbers.reduce(add);
}

/** The smallest (`sign` -1) or largest (1) item; the first one of equal items. */
function extreme(call: Evaluation, items: readonly Value[], sign: 1 | -1, by: (item: Value) => Value): Value {
  const [first = null, ...others] = call.meter.items(items);
  let best = first;
  let bestKey: Value | undefined;
  // A single item is compared with nothing, so that the function is not called.
  for (const item of others) {
    bestKey ??= by(first);
    const key = by(item);
    if (compare(key, bestKey, call.meter) * sign <= 0) continue;
    best = item;
    bestKey = key;
  }
  return best;
}

function range({ meter }: Evaluation, from: Num, to: Num): Value {
  const step = compareNumbers(from, to) <= 0 ? 1 : -1;
  const count = Math.floor(Math.abs(toDouble(to) - toDouble(from))) + 1;
  if (!(count <= limits.arrayLength)) meter.items({ length: limits.arrayLength + 1 });
  meter.charge(count);
  const numbers = new Range();
  for (let i = 0; i < count; i++) numbers.push(add(from, i * step));
  return numbers;
}

function isEven(value: Num): boolean {
  return compareNumbers(remainder(value, 2), 0) === 0;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/**
 * The number of multiplications grows with the binary digits of the exponent, their cost with the digits of the result.
 */
function powerOf(base: Num, by: Num, meter: Meter): Num {
  if (typeof by === 'number' && by > 1) meter.charge(Math.min(4_000, 8 * Math.ceil(Math.log2(by)) + by));
  return power(base, by);
}

export const coreNumberRows: readonly FunctionRow[] = [
  {
    module,
    name: 'abs',
    summary: 'The number without its sign.',
    forms: [form([number], (_, value) => absolute(value))],
  },
  {
    module,
    name: 'ceil',
    summary: 'The number, rounded up.',
    forms: [form([number], (_, value) => rounded(value, 'up'))],
  },
  {
    module,
    name: 'floor',
    summary: 'The number, rounded down.',
    forms: [form([number], (_, value) => rounded(value, 'down'))],
  },
  {
    module,
    name: 'round',
    summary: 'The nearest whole number; at the middle, the one away from zero.',
    forms: [form([number], (_, value) => rounded(value, 'half'))],
  },
  {
    module,
    name: 'sqrt',
    summary: 'The square root.',
    forms: [form([number], (_, value) => fromDouble(Math.sqrt(toDouble(value))))],
  },
  {
    module,
    name: 'pow',
    summary: 'A number to a power.',
    forms: [form([number, number], ({ meter }, base, by) => powerOf(base, by, meter))],
  },
  {
    module,
    name: 'mod',
    summary: 'The remainder of a division, with the sign of the dividend.',
    forms: [
      form([number, number], ({ meter }, value, by) => {
        chargeProduct(value, by, meter);
        return remainder(value, by);
      }),
    ],
  },
  {
    module,
    name: 'to',
    summary: 'The numbers from one to another, up or down.',
    forms: [form([number, number], range)],
  },
  { module, name: 'sum', summary: 'The sum of the numbers.', forms: [form([array], sum)] },
  {
    module,
    name: 'avg',
    summary: 'The mean of the numbers.',
    forms: [form([array], (call, items) => divide(sum(call, items), items.length))],
  },
  {
    module,
    name: 'max',
    summary: 'The largest item; null for an empty array.',
    forms: [form([array], (call, items) => extreme(call, items, 1, (item) => item))],
  },
  {
    module,
    name: 'min',
    summary: 'The smallest item; null for an empty array.',
    forms: [form([array], (call, items) => extreme(call, items, -1, (item) => item))],
  },
  {
    module,
    name: 'maxBy',
    summary: 'The item for which the function returns the largest value.',
    forms: [form([array, lambda], (call, items, by) => extreme(call, items, 1, (item) => call.call(by, item)))],
  },
  {
    module,
    name: 'minBy',
    summary: 'The item for which the function returns the smallest value.',
    forms: [form([array, lambda], (call, items, by) => extreme(call, items, -1, (item) => call.call(by, item)))],
  },
  {
    module,
    name: 'isEven',
    summary: 'Whether the number is a multiple of 2.',
    forms: [form([number], (_, value) => isEven(value))],
  },
  {
    module,
    name: 'isOdd',
    summary: 'Whether the number is not a multiple of 2.',
    forms: [form([number], (_, value) => !isEven(value))],
  },
  {
    module,
    name: 'isInteger',
    summary: 'Whether the number is whole.',
    forms: [form([number], (_, value) => isWhole(value))],
  },
  {
    module,
    name: 'isDecimal',
    summary: 'Whether the number has a fraction.',
    forms: [form([number], (_, value) => !isWhole(value))],
  },
  {
    module,
    name: 'isLeapYear',
    summary: 'Whether the year of the date is a leap year.',
    forms: [
      form([time('Date')], (_, { at }) => isLeapYear(at.year)),
      form([time('DateTime')], (_, { at }) => isLeapYear(at.local.year)),
      form([time('LocalDateTime')], (_, { at }) => isLeapYear(at.year)),
    ],
  },
  {
    module,
    name: 'daysBetween',
    summary: 'The number of days from the first date to the second.',
    forms: [
      form([time('Date'), time('Date')], (_, from, to) => from.at.until(to.at).days),
      form(
        [time('DateTime'), time('DateTime')],
        (_, from, to) => from.at.local.toPlainDate().until(to.at.local.toPlainDate()).days,
      ),
    ],
  },
];
