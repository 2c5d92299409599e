import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { Evaluation, type Values } from '../../src/mint/values.ts';
import { needsNothing } from '../../src/plan/needs.ts';
import type { Computed, Step } from '../../src/plan/token-plan.ts';
import { scopeWith, somewhere } from './scope.ts';

const failing: Computed<never> = {
  needs: needsNothing,
  evaluate: () => {
    throw new MintError('mint.name', 'No key signs now.');
  },
};
const one: Computed<number> = { needs: needsNothing, evaluate: () => 1 };
const name: Computed<string> = { needs: needsNothing, evaluate: () => 'n' };
const nothing: Computed = { needs: needsNothing, evaluate: () => undefined };

function evaluated(steps: readonly Step[]): Values {
  const evaluation = new Evaluation();
  finish(evaluation.place(steps, 'claim'));
  return evaluation.evaluate(scopeWith());
}

const values: readonly [name: string, steps: readonly Step[], expected: Values][] = [
  ['none', [], []],
  ['fixed members and times have none', [{ kind: 'time', name: 'iat', offset: 0 }], []],
  ['a computed member', [{ kind: 'computed', place: somewhere, name: 'a', value: one }], [1]],
  ['a computed name comes after its value', [{ kind: 'computed', place: somewhere, name, value: one }], [1, 'n']],
  [
    'the name of an omitted member is not computed',
    [{ kind: 'computed', place: somewhere, name: failing, value: nothing }],
    [undefined, undefined],
  ],
  [
    'members',
    [{ kind: 'members', place: somewhere, value: { needs: needsNothing, evaluate: () => ({ a: 1 }) } }],
    [{ a: 1 }],
  ],
];

for (const [what, steps, expected] of values) {
  test(`values: ${what}`, () => {
    assert.deepEqual(evaluated(steps), expected);
  });
}

const origins: readonly [name: string, step: Step, origin: string | undefined][] = [
  ['a member', { kind: 'computed', place: somewhere, name: 'a', value: failing }, 'a'],
  ['a member with a computed name', { kind: 'computed', place: somewhere, name, value: failing }, undefined],
  ['a computed name', { kind: 'computed', place: somewhere, name: failing, value: one }, undefined],
  ['several members', { kind: 'members', place: somewhere, value: failing }, undefined],
];

for (const [what, step, expected] of origins) {
  test(`an error says where it comes from: ${what}`, () => {
    const before: Step = { kind: 'computed', place: somewhere, name: 'before', value: one };
    assert.throws(
      () => evaluated([before, step]),
      (error) => {
        assert.ok(error instanceof MintError);
        assert.deepEqual(error.origin, { member: 'claim', name: expected, place: somewhere });
        return true;
      },
    );
  });
}
