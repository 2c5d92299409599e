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

/** Of a text twice as long, at most so many times the steps. */
const most = 2.2;
/** What is charged in any case hides how the rest grows. */
const least = 200;
const length = 7_000;
const runs = ['a', 'A', ',', '\u{1f600}'];

/** The first text or array grows, what stands beside it does not. */
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

suite('twice the text is charged twice', () => {
  for (const subject of subjects) {
    test(`${subject.profile}: ${subject.name}`, () => {
      for (let seed = 0; seed < 3; seed++) {
        const dice = new Dice(seed);
        const expression = subject.write(dice, growing(dice));
        for (const unit of runs) {
          const [one, two] = [
            stepsOf(subject, expression, unit, length),
            stepsOf(subject, expression, unit, 2 * length),
          ];
          if (one === undefined || two === undefined) continue;
          assert.ok(two <= least + most * one, `${expression} over ${JSON.stringify(unit)}: ${one} steps, then ${two}`);
        }
      }
    });
  }
});
