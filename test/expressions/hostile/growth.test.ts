import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LocatedError } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { compileExpression } from '../../../src/expressions/expression.ts';
import { Dice } from '../../search/dice.ts';
import { hostileBindings } from './bindings.ts';
import { type Give, type Subject, subjects } from './calls.ts';
import { costOf } from './measured.ts';
import { shortOperandOf } from './operands.ts';
import { runOf } from './texts.ts';

/** The maximum ratio of steps for a string of twice the length. */
const maxGrowth = 2.2;
/** Steps that do not depend on the length. */
const fixedSteps = 200;
const length = 7_000;
const runs = ['a', 'A', ',', '\u{1f600}'];

/** Only the first string or array grows. */
function growing(dice: Dice): Give {
  let isFirst = true;
  return (type) => {
    const grown = isFirst ? grownOperands.get(type) : undefined;
    if (grown === undefined) return shortOperandOf(dice, type);
    isFirst = false;
    return dice.pick(grown);
  };
}

const grownOperands: ReadonlyMap<string, readonly string[]> = new Map([
  ['String', ['vars.a']],
  ['any', ['vars.a', 'vars.list']],
  ['Any', ['vars.a', 'vars.list']],
  ['Array', ['vars.list']],
  ['Binary', ['(vars.a as Binary)']],
]);

function stepsOf({ profile }: Subject, expression: string, unit: string, size: number): number | undefined {
  try {
    const compiled = compileExpression(SourceText.ofFile('test', expression), {
      profile,
      inputs: ['vars', 'attributes'],
    });
    const text = runOf(unit, size);
    const { steps, code } = costOf(compiled, hostileBindings(expression, text, ''));
    return code === 'dataweave.too-many-steps' ? undefined : steps;
  } catch (error) {
    if (error instanceof LocatedError) return undefined;
    throw error;
  }
}

suite('a string of twice the length costs at most twice the steps', () => {
  for (const subject of subjects) {
    test(`${subject.profile}: ${subject.name}`, () => {
      for (const seed of [0, 1, 2]) {
        const dice = new Dice(seed);
        const expression = subject.write(dice, growing(dice));
        for (const unit of runs) assertLinear(subject, expression, unit);
      }
    });
  }
});

function assertLinear(subject: Subject, expression: string, unit: string): void {
  const [one, two] = [stepsOf(subject, expression, unit, length), stepsOf(subject, expression, unit, 2 * length)];
  if (one === undefined || two === undefined) return;
  const message = `${expression} over ${JSON.stringify(unit)}: ${one} steps, then ${two}`;
  assert.ok(two <= fixedSteps + maxGrowth * one, message);
}
