import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleExamples } from '../../src/cli/help/rule-examples/index.ts';
import { formatProblem, type Problem, severityOf } from '../../src/diagnostics/problem.ts';
import { isRule } from '../../src/diagnostics/rules.ts';
import { problemsOf } from './rule-world.ts';

for (const [code, example] of Object.entries(ruleExamples)) {
  assert.ok(isRule(code));
  test(`the example of ${code} breaks that rule, and the mended one does not`, () => {
    const broken = problemsOf(example, example.wrong);
    const mended = problemsOf(example, example.right);
    // A policy file alone has more warnings, such as that of its missing key.
    const isExpected = ({ severity, code: other }: Problem): boolean =>
      example.alone === true ? severity !== 'error' : other === example.beside;
    const expected = mended.filter(isExpected);
    assert.ok(example.beside === undefined || expected.length > 0, 'nothing is beside it');
    assert.deepEqual(mended.map(formatProblem), expected.map(formatProblem));
    const others = new Set(expected.map((problem) => problem.code));
    assert.deepEqual(
      new Set(
        broken.filter((problem) => !others.has(problem.code)).map((problem) => `${problem.severity} ${problem.code}`),
      ),
      new Set([`${severityOf(code)} ${code}`]),
      broken.map(formatProblem).join('\n'),
    );
  });
}
