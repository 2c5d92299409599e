import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { dataweaveLimits, Meter } from '../../../src/expressions/dataweave/bounds.ts';
import { parseNumber } from '../../../src/expressions/dataweave/numbers.ts';
import { operators } from '../../../src/expressions/dataweave/operators.ts';
import type { BinaryOperator } from '../../../src/expressions/dataweave/syntax.ts';
import { timeAs } from '../../../src/expressions/dataweave/time-conversion.ts';
import { Key, type Value } from '../../../src/expressions/dataweave/values.ts';
import { limits } from '../../../src/expressions/limits.ts';

const leaf = { height: 1, size: 1 };

const counted: [name: string, count: (meter: Meter, extra: number) => void, code: string][] = [
  ['steps', (meter, extra) => meter.charge(limits.steps + extra), 'too-many-steps'],
  ['visited items', (meter, extra) => visit(meter, limits.steps + extra), 'too-many-steps'],
  ['characters of new strings', (meter, extra) => make(meter, limits.steps / 2 + extra), 'too-many-steps'],
  ['nested calls', (meter, extra) => enter(meter, leaf, dataweaveLimits.calls + extra), 'too-many-calls'],
  [
    'heights of called functions',
    (meter, extra) => enter(meter, { height: dataweaveLimits.stack / 10, size: 1 }, 10 + extra),
    'too-many-calls',
  ],
  [
    'nodes of called functions',
    (meter, extra) => enter(meter, { height: 0, size: 4 * (limits.steps / 2 - 1) }, 2 + extra),
    'too-many-steps',
  ],
];

function visit(meter: Meter, items: number): void {
  const part = 1024;
  for (let left = items; left > 0; left -= part) meter.items({ length: Math.min(left, part) });
}

/** 128 characters cost one step in addition to the step of each string. */
function make(meter: Meter, texts: number): void {
  for (let i = 0; i < texts; i++) meter.text('a'.repeat(128));
}

function enter(meter: Meter, body: typeof leaf, times: number): void {
  for (let i = 0; i < times; i++) meter.enter(body);
}

for (const [name, count, code] of counted) {
  test(`the meter counts ${name}`, () => {
    count(new Meter(), 0);
    assert.throws(() => count(new Meter(), 1), { code: `dataweave.${code}` });
  });
}

test('the meter restarts for each evaluation', () => {
  const meter = new Meter();
  enter(meter, leaf, dataweaveLimits.calls);
  meter.restart();
  enter(meter, leaf, dataweaveLimits.calls);
});

const day = timeAs('2020-01-31', 'Date', {}) ?? null;
const moment = timeAs('2020-01-31T00:00:00Z', 'DateTime', {}) ?? null;
const days = timeAs('P1D', 'Period', {}) ?? null;
const bytes = new Uint8Array(2048);
const digits = '7'.repeat(64);

const charged: [name: string, left: Value, operator: BinaryOperator, right: Value, steps: number][] = [
  ['small numbers', 1, '+', 2, 0],
  ['a date and a period', day, '+', days, 40],
  ['a period and a date', days, '+', day, 40],
  ['a moment and a number', moment, '-', 1, 40],
  ['a number and a moment', 1, '-', moment, 40],
  ['two long numbers', parseNumber(digits) ?? null, '*', parseNumber(digits) ?? null, 2 * 21 + 8 + ((127 * 127) >> 6)],
  ['a long and a short number', parseNumber(digits) ?? null, '*', 2, 21 + 8 + ((127 * 16) >> 6)],
  ['two strings', digits, '<', digits, 2],
  ['two dates', day, '<', day, 40],
  ['a number and digits', 1, '<', digits, 2],
  ['digits and a number', digits, '<', 1, 2],
  ['a number and the digits of a key', 1, '<', new Key(digits), 2],
  ['bytes and another value', bytes, '==', 1, 6],
  ['another value and bytes', 1, '==', bytes, 6],
  ['a number and similar digits', 1, '~=', digits, 3],
  ['a number and a similar key', 1, '~=', new Key(digits), 3],
];

suite('what an operator charges', () => {
  for (const [name, left, operator, right, steps] of charged) {
    test(`${name}, with ${operator}`, () => {
      const calculate = (given: number) => {
        const meter = new Meter();
        meter.charge(limits.steps - given);
        operators[operator](left, right, meter);
      };
      calculate(steps);
      if (steps > 0) assert.throws(() => calculate(steps - 1), { code: 'dataweave.too-many-steps' });
    });
  }
});
