import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleExamples } from '../../src/cli/help/rule-examples/index.ts';
import { formatProblem, severityOf } from '../../src/diagnostics/problem.ts';
import { isRule } from '../../src/diagnostics/rules.ts';
import { problemsOf } from './rule-world.ts';

for (const [code, example] of Object.entries(ruleExamples)) {
  assert.ok(isRule(code));
  test(`the example of ${code} breaks that rule, and the mended one does not`, () => {
    const broken = problemsOf(example, example.wrong);
    const mended = problemsOf(example, example.right);
    // A policy file alone has more warnings, such as that of its missing key.
    const expected = example.alone === true ? mended.filter(({ severity }) => severity !== 'error') : [];
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
