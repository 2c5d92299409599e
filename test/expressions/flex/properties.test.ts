import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { compile } from '../../../src/expressions/flex/compile.ts';
import { compareText, equalValues } from '../../../src/expressions/flex/equality.ts';
import { readFlex } from '../../../src/expressions/flex/grammar.ts';
import { reduceAtLoad } from '../../../src/expressions/flex/load.ts';
import { findUnknownName } from '../../../src/expressions/flex/names.ts';
import { numberText } from '../../../src/expressions/flex/number-text.ts';
import { isLiteral } from '../../../src/expressions/flex/reduce.ts';
import { toJson } from '../../../src/expressions/flex/result.ts';
import { evaluateStaged } from '../../../src/expressions/flex/staged.ts';
import type { Value } from '../../../src/expressions/flex/values.ts';
import { Budget } from '../../../src/expressions/limits.ts';
import { Dice } from '../../search/dice.ts';
import { bindingsOf, inputsOf } from '../context-bindings.ts';
import { outcome } from '../evaluation.ts';
import { randomContext } from '../random-context.ts';
import { ExpressionGenerator } from './generate.ts';
import { tokens } from './vocabulary.ts';

/** Characters on both sides of the surrogates, which are where UTF-16 and UTF-8 disagree. */
const someText = fc.string({ unit: fc.constantFrom('', 'a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '😀') });

/** Which of two failures comes first depends on the order of evaluation; that one comes does not. */
function valueOrFailure(evaluate: () => Value): JsonValue | 'fails' {
  try {
    return [toJson(evaluate())];
  } catch (error) {
    if (error instanceof MintError) return 'fails';
    throw error;
  }
}

suite('expressions: what holds for all of them', () => {
  test('closures give what partial evaluation gives', () => {
    let compared = 0;
    const compareOne = (seed: number): void => {
      const dice = new Dice(seed);
      const source = SourceText.ofFile('test', new ExpressionGenerator(dice).next());
      const context = randomContext(dice);
      const reading = readFlex(source);
      if (!reading.ok) return;
      if (findUnknownName(reading.header, reading.body) !== undefined) return;
      const budget = new Budget();
      const declared = new Set(inputsOf(context));
      const tree = reduceAtLoad(source, reading.body, declared, budget);
      const run = isLiteral(tree) ? undefined : compile(tree, budget);
      if (run === undefined) return;
      compared += 1;
      const bindings = bindingsOf(context);
      assert.deepEqual(
        valueOrFailure(() => run(bindings)),
        valueOrFailure(() => evaluateStaged(tree, declared, bindings, budget)),
      );
    };
    fc.assert(fc.property(fc.nat(), tolerant(compareOne)), { numRuns: 3000 });
    assert.ok(compared > 300, `only ${compared} expressions were compared`);
  });

  test('any text at all has an outcome', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 40 }), (pieces) => {
        outcome(pieces.join(''), { attributes: { headers: [] } });
      }),
    );
  });

  test('a value equals a copy of itself, whatever the order of its members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: JsonValue = JSON.parse(JSON.stringify(value));
        const copy: JsonValue = JSON.parse(JSON.stringify(value, (_, member) => reversed(member)));
        assert.equal(equalValues(json, copy, new Budget()), true);
      }),
    );
  });

  test('the text of a number reads back as the number and has no exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        assert.equal(Object.is(Number(numberText(number)), number), true);
        assert.match(numberText(number), /^-?\d+(\.\d+)?$/);
      }),
    );
  });

  test('texts are ordered as their UTF-8 bytes', () => {
    fc.assert(
      fc.property(someText, someText, (left, right) => {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        assert.equal(Math.sign(compareText(left, right)), bytes);
      }),
    );
  });
});

/** Skips expressions that name what is not there, or nest too deeply. */
function tolerant(check: (seed: number) => void): (seed: number) => void {
  return (seed) => {
    try {
      check(seed);
    } catch (error) {
      if (!(error instanceof LocatedError)) throw error;
    }
  };
}

function reversed(member: unknown): unknown {
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
  return Object.fromEntries(Object.entries(member).reverse());
}
