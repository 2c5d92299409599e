import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/diagnostics/json.ts';
import { MintError } from '../../../src/diagnostics/mint-error.ts';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import type { InputName } from '../../../src/expressions/bindings.ts';
import { isLiteral, type Node } from '../../../src/expressions/flex/ast.ts';
import { formatNumber } from '../../../src/expressions/flex/coercion.ts';
import { compile } from '../../../src/expressions/flex/compile.ts';
import { equalValues, inOrder } from '../../../src/expressions/flex/equality.ts';
import { parseFlex } from '../../../src/expressions/flex/grammar.ts';
import { findUnknownName } from '../../../src/expressions/flex/names.ts';
import { evaluateStaged, reduceAtLoad } from '../../../src/expressions/flex/staged.ts';
import type { Value } from '../../../src/expressions/flex/values.ts';
import { Budget } from '../../../src/expressions/limits.ts';
import { Dice } from '../../search/dice.ts';
import { bindingsOf, inputsOf } from '../context-bindings.ts';
import { outcome } from '../evaluation.ts';
import { randomContext } from '../random-context.ts';
import { ExpressionGenerator } from './generate.ts';
import { tokens } from './vocabulary.ts';

/** Characters below, in and above the surrogates, where the orders of UTF-16 and UTF-8 differ. */
const someString = fc.string({ unit: fc.constantFrom('', 'a', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '😀') });

/** The order of evaluation decides which of two failures comes first, but not that one comes. */
function valueOrFailure(evaluate: () => Value): readonly [Value] | 'fails' {
  try {
    return [evaluate()];
  } catch (error) {
    if (error instanceof MintError) return 'fails';
    throw error;
  }
}

suite('expressions: properties', () => {
  test('closures and partial evaluation give the same value', () => {
    let compared = 0;
    const compareOne = (seed: number): void => {
      const dice = new Dice(seed);
      const source = SourceText.ofFile('test', new ExpressionGenerator(dice).next());
      const context = randomContext(dice);
      const declared = new Set(inputsOf(context));
      const budget = new Budget();
      const tree = requestTree(source, declared, budget);
      const run = tree && compile(tree, budget);
      if (tree === undefined || run === undefined) return;
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

  test('every text has an outcome', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 40 }), (pieces) => {
        outcome(pieces.join(''), { attributes: { headers: [] } });
      }),
    );
  });

  test('a value equals its copy with members in another order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: JsonValue = JSON.parse(JSON.stringify(value));
        const copy: JsonValue = JSON.parse(JSON.stringify(value, (_, member) => reversed(member)));
        assert.equal(equalValues(json, copy, new Budget()), true);
      }),
    );
  });

  test('a formatted number parses to the same number and has no exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        assert.equal(Object.is(Number(formatNumber(number)), number), true);
        assert.match(formatNumber(number), /^-?\d+(\.\d+)?$/);
      }),
    );
  });

  test('strings have the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(someString, someString, (left, right) => {
        const order = Buffer.compare(Buffer.from(left), Buffer.from(right));
        assert.deepEqual([inOrder('<', left, right), inOrder('>', left, right)], [order < 0, order > 0]);
      }),
    );
  });
});

/** The tree of an expression that needs a request; undefined if it is not valid, or a constant. */
function requestTree(source: SourceText, declared: ReadonlySet<InputName>, budget: Budget): Node | undefined {
  const parsed = parseFlex(source);
  if (!parsed.ok || findUnknownName(parsed.header, parsed.body) !== undefined) return undefined;
  const tree = reduceAtLoad(source, parsed.body, declared, budget);
  return isLiteral(tree) ? undefined : tree;
}

/** Skips expressions that do not load. */
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
