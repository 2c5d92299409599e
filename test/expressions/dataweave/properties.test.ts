import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { codes } from '../../../src/diagnostics/codes.ts';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { decimalOf } from '../../../src/expressions/dataweave/decimal.ts';
import {
  add,
  compareNumbers,
  divide,
  multiply,
  type Num,
  numberText,
  parseNumber,
  remainder,
  subtract,
} from '../../../src/expressions/dataweave/numbers.ts';
import { compileRegex, patternSize } from '../../../src/expressions/dataweave/regex.ts';
import { limits } from '../../../src/expressions/limits.ts';
import { Dice } from '../../search/dice.ts';
import { readJson } from '../conformance-files.ts';
import type { Context } from '../context-bindings.ts';
import { outcome } from '../evaluation.ts';
import { DataWeaveGenerator } from './generate.ts';

const context: Context = readJson('corpus-context.json');

/** The names of the corpus with values as large and unusual as a request can have. */
const hostile: Context = {
  ...context,
  payload: {
    ...(context.payload as object),
    s: 'aB-c_d é😀1,'.repeat(4_000),
    num: 1e300,
    arr: Array.from({ length: limits.arrayLength }, (_, i) => (i % 2 === 0 ? i : 'x'.repeat(i % 100))),
    objs: Array.from({ length: 3_000 }, (_, i) => ({ x: i, [`k${i}`]: { x: [i] } })),
    a: Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i])),
    n: '9'.repeat(5_000),
  },
};

const seed = fc.nat();

/** The expression for a seed. Every second one is in a function that is called for many items. */
function expressionOf(number: number): string {
  const text = new DataWeaveGenerator(new Dice(number)).next();
  return number % 2 === 0 ? text : `(payload.arr map ((x) -> [(${text})]))`;
}

function sizeOf(value: JsonValue): number {
  return JSON.stringify(value).length;
}

suite('DataWeave: all expressions', () => {
  for (const [name, given] of [
    ['an ordinary request', context],
    ['a hostile request', hostile],
  ] as const) {
    test(`the result for ${name} is a value within the limits or a documented error code`, () => {
      fc.assert(
        fc.property(seed, (number) => {
          const found = outcome(expressionOf(number), given, 'dataweave');
          if ('ok' in found) assert.ok(sizeOf(found.ok) < 6 * limits.stringLength);
          else assert.ok(('load' in found ? found.load : found.request) in codes);
        }),
        { numRuns: name === 'a hostile request' ? 250 : 2_000 },
      );
    });
  }

  test('every string has a result', () => {
    const piece = fc.constantFrom(
      ...`{ } ( ) [ ] , : . .. .* ? ! | / " ' \` $ $$ $( -> -- ++ + - * ~= == < >= <~ @ # & ^ a payload 1 1e5 0.5 as is
        match case if else do var fun type import from and or not default map to update using null String Array<
        Number> --- \\ |P1D| /a/`.split(/\s+/),
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        outcome(pieces.join(''), context, 'dataweave');
        outcome(pieces.join(' '), context, 'dataweave');
      }),
      { numRuns: 2_000 },
    );
  });
});

const digits = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
/** Numbers of all sizes, whole numbers and fractions, with and without an exponent. */
const number: fc.Arbitrary<Num> = fc
  .tuple(fc.oneof(digits, fc.bigInt({ min: -99n, max: 99n })), fc.integer({ min: -30, max: 30 }))
  .map(([whole, exponent]) => parseNumber(exponent === 0 ? `${whole}` : `${whole}e${exponent}`) ?? 0);
const divisor = number.filter((one) => compareNumbers(one, 0) !== 0);

/** The number as a quotient of whole numbers. */
function fraction(value: Num): readonly [numerator: bigint, denominator: bigint] {
  const [, sign = '', whole = '', places = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(numberText(value)) ?? [];
  const scale = places.length - Number(exponent);
  const all = BigInt(sign + whole + places);
  return scale >= 0 ? [all, 10n ** BigInt(scale)] : [all * 10n ** BigInt(-scale), 1n];
}

function isSame(found: Num, numerator: bigint, denominator: bigint): boolean {
  const [top, bottom] = fraction(found);
  return top * denominator === numerator * bottom;
}

suite('DataWeave: numbers', () => {
  test('sums, differences and products are exact', () => {
    fc.assert(
      fc.property(number, number, (left, right) => {
        const [[a, b], [c, d]] = [fraction(left), fraction(right)];
        assert.ok(isSame(add(left, right), a * d + c * b, b * d));
        assert.ok(isSame(subtract(left, right), a * d - c * b, b * d));
        assert.ok(isSame(multiply(left, right), a * c, b * d));
      }),
    );
  });

  test('a quotient is exact, or correctly rounded to 34 digits', () => {
    fc.assert(
      fc.property(number, divisor, (left, right) => {
        const found = divide(left, right);
        const [[a, b], [c, d], [top, bottom]] = [fraction(left), fraction(right), fraction(found)];
        const difference = top * b * c - a * d * bottom;
        if (difference === 0n) return;
        const length = numberText(found)
          .replace(/E.*|[-.]/g, '')
          .replace(/^0+/, '').length;
        assert.ok(length <= 34, `${length} digits`);
        const size = (value: bigint): bigint => (value < 0n ? -value : value);
        assert.ok(2n * 10n ** 33n * size(difference) <= size(a * d * bottom));
      }),
    );
  });

  test('a remainder is the dividend minus the divisor times the whole quotient', () => {
    fc.assert(
      fc.property(number, divisor, (left, right) => {
        const [[a, b], [c, d]] = [fraction(left), fraction(right)];
        const whole = (a * d) / (b * c);
        assert.ok(isSame(remainder(left, right), a * d - whole * c * b, b * d));
      }),
    );
  });

  test('a number that is written and parsed keeps its value and its text', () => {
    fc.assert(
      fc.property(number, (value) => {
        const text = numberText(value);
        const read = parseNumber(text);
        assert.ok(read !== undefined);
        assert.equal(compareNumbers(read, value), 0);
        assert.equal(numberText(read), text);
        assert.equal(compareNumbers(parseNumber(JSON.parse(`"${text}"`)) ?? 0, value), 0);
      }),
    );
  });

  test('a double keeps its value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        assert.equal(decimalOf(double).value.toNumber(), double);
      }),
    );
  });
});

test('a class of Unicode is one state', () => {
  for (const one of ['\\p{L}', '\\P{Lu}', '[^a-z]', '\\d', 'a']) assert.equal(patternSize(one), patternSize('.'), one);
});

test('a pattern has no more states than `patternSize` predicts', () => {
  const piece = fc.constantFrom(
    'a',
    '(',
    ')',
    '(?:',
    '[a-c]',
    '{2}',
    '{3,40}',
    '{1,}',
    '*',
    '?',
    '|',
    '\\d',
    '\\{',
    '.',
    '[]a]',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const source = pieces.join('');
      const found = compileRegex(source);
      if ('regex' in found) assert.ok(found.regex.engine.programSize() <= 4 * patternSize(source) + 8, source);
    }),
    { numRuns: 3_000 },
  );
});
