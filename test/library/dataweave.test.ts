import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, evaluate, limits } from '../../src/library/dataweave.ts';
import type { CompileOptions, ExpressionInputs, ExpressionProgram } from '../../src/library/interface.ts';

function program(expression: string, options: CompileOptions = {}): ExpressionProgram {
  const compiled = compile(expression, options);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.text);
  return compiled;
}

const compiled: [name: string, expression: string, options: CompileOptions, constant: unknown, reads: string[]][] = [
  ['a constant', '1 + 1', {}, 2, []],
  ['DataWeave by default', '[1, 2] map $ * 2', {}, [2, 4], []],
  ['what it reads', 'vars.a ++ attributes.headers.b', {}, undefined, ['vars.a', 'attributes.headers.b']],
  ['Flex', "upper('a')", { profile: 'flex' }, 'A', []],
];

for (const [name, expression, options, constant, reads] of compiled) {
  test(`compile: ${name}`, () => {
    const found = program(expression, options);
    assert.deepEqual([found.constant, found.reads], [constant, reads]);
  });
}

const refused: [name: string, expression: string, options: CompileOptions, code: string][] = [
  ['a mistake', 'upper(', {}, 'dataweave.unexpected-token'],
  ['an input that is not bound', 'payload', { inputs: ['vars'] }, 'dataweave.unbound-input'],
  ['one character too long', `'${'a'.repeat(limits.expressionLength - 1)}'`, {}, 'dataweave.too-long'],
];

for (const [name, expression, options, code] of refused) {
  test(`compile refuses ${name}`, () => {
    const found = compile(expression, options);
    assert.deepEqual(found.ok ? [] : found.problems.map((problem) => problem.code), [code]);
  });
}

test('an expression as long as the limit', () => {
  assert.equal(program(`'${'a'.repeat(limits.expressionLength - 2)}'`).ok, true);
});

const runs: [name: string, inputs: ExpressionInputs, expected: object][] = [
  ['a value', { payload: [1, 2] }, { value: 3 }],
  ['another value', { payload: [5] }, { value: 5 }],
  ['no value', { payload: 'x' }, { stage: 'request', code: 'dataweave.type-mismatch' }],
  ['wrong inputs', { payloads: 1 } as object, { stage: 'inputs', code: 'trial.invalid-value' }],
  ['a value again', { payload: [1] }, { value: 1 }],
];

const sum = program('sum(payload)');

for (const [name, inputs, expected] of runs) {
  test(`one program, many inputs: ${name}`, () => {
    const answer = sum.evaluate(inputs);
    assert.deepEqual(answer.ok ? { value: answer.value } : { stage: answer.stage, code: answer.error.code }, expected);
  });
}

test('steps are limited in each evaluation', () => {
  const answer = evaluate(`sizeOf(1 to ${limits.arrayLength + 1})`);
  assert.equal(answer.ok ? undefined : answer.error.code, 'dataweave.array-too-long');
  const within = evaluate(`sizeOf(1 to ${limits.arrayLength})`);
  assert.equal(within.ok && within.value, limits.arrayLength);
});

test('mistakes of the program are TypeErrors', () => {
  assert.throws(() => compile('1', { inputs: ['body'] as never }), TypeError);
  assert.throws(() => compile('1', { profile: 'x' as never }), TypeError);
  assert.throws(() => sum.evaluate([] as never), TypeError);
  assert.throws(() => sum.evaluate({}, 'tomorrow'), TypeError);
});

test('a program that changes a result does not change the next one', () => {
  for (const expression of ['{a: [1, {b: 2}]}', '{a: [1, {b: 2}], c: payload default 3}']) {
    const found = program(expression);
    const before = JSON.stringify(found.evaluate({}));
    for (const value of [found.constant, found.evaluate({})]) {
      const { a } = ((value as { value?: unknown } | undefined)?.value ?? value ?? { a: [] }) as { a: unknown[] };
      a.push('changed');
      Object.assign(a[1] ?? {}, { b: 'changed' });
    }
    assert.equal(JSON.stringify(found.evaluate({})), before);
  }
});

test('a program cannot change the limits', () => {
  assert.throws(() => Object.assign(limits, { steps: 1e12 }), TypeError);
  assert.throws(() => Object.assign(limits.dataweave, { calls: 1e12 }), TypeError);
});
