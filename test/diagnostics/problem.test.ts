import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { formatProblem, LocatedError, type Problem, Problems, problemAt } from '../../src/diagnostics/problem.ts';
import { SourceText, whollyHarmless } from '../../src/diagnostics/source-text.ts';

const long = 'yyyyyyyyy '.repeat(30);
const source = SourceText.ofFile('a.yaml', `first: 1\n\tsecond: x\n\n${long}`).describe(whollyHarmless);

const formatted: [name: string, problem: Problem, text: string][] = [
  [
    'an error',
    problemAt(source, 7, 'policy.syntax', { message: 'No.' }),
    'a.yaml:1:8: error: No. [policy.syntax]\n  first: 1\n         ^',
  ],
  [
    'a warning with a suggestion, below a tab',
    problemAt(source, 10, 'policy.template', { message: 'No.', suggestion: 'Write y.' }),
    'a.yaml:2:2: warning: No. [policy.template]\n   second: x\n   ^\n  Write y.',
  ],
  [
    'an empty line is not shown',
    problemAt(source, 20, 'policy.syntax', { message: 'No.' }),
    'a.yaml:3:1: error: No. [policy.syntax]',
  ],
  [
    'the beginning of a long line',
    problemAt(source, 21 + 80, 'policy.syntax', { message: 'No.' }),
    `a.yaml:4:81: error: No. [policy.syntax]\n  ${long.slice(0, 160)}\n  ${' '.repeat(80)}^`,
  ],
  [
    'the end of a long line',
    problemAt(source, 21 + 299, 'policy.syntax', { message: 'No.' }),
    `a.yaml:4:300: error: No. [policy.syntax]\n  ${long.slice(219)}\n  ${' '.repeat(80)}^`,
  ],
];

for (const [name, problem, text] of formatted) {
  test(`as an author reads it: ${name}`, () => assert.equal(formatProblem(problem), text));
}

const found = problemAt(source, 0, 'policy.syntax', { message: 'No.' });
const weak = problemAt(source, 0, 'policy.template', { message: 'Weak.' });

test('a located error becomes a problem, and reading goes on', () => {
  const problems = new Problems();
  const failed = problems.attempt(() => {
    throw new LocatedError(found);
  });
  assert.equal(failed, undefined);
  assert.equal(
    problems.attempt(() => 1),
    1,
  );
  assert.deepEqual(problems.all, [found]);
});

test('a defect passes', () => {
  const problems = new Problems();
  const defect = new TypeError('a defect');
  assert.throws(
    () =>
      problems.attempt(() => {
        throw defect;
      }),
    defect,
  );
  assert.deepEqual(problems.all, []);
});

const severities: [name: string, list: Problem[], hasErrors: boolean][] = [
  ['nothing', [], false],
  ['a warning', [weak], false],
  ['a warning and an error', [weak, found], true],
];

for (const [name, list, hasErrors] of severities) {
  test(`${name} ${hasErrors ? 'keeps from loading' : 'lets load'}`, () => {
    const problems = new Problems();
    for (const problem of list) problems.add(problem);
    assert.equal(problems.hasErrors, hasErrors);
  });
}

test('errors keep their cause', () => {
  const cause = new Error('why');
  assert.equal(new LocatedError(found, { cause }).cause, cause);
  assert.equal(new LocatedError(found).message, 'No.');
  assert.equal(new MintError('mint.signing-failed', 'No.', { cause }).cause, cause);
  assert.equal('cause' in new MintError('mint.signing-failed', 'No.'), false);
});

const raised: [severity: 'error' | 'warning' | undefined, found: string][] = [
  [undefined, 'warning'],
  ['warning', 'warning'],
  ['error', 'error'],
];

for (const [severity, expected] of raised) {
  test(`a rule that is reported as ${severity ?? 'itself'}: ${expected}`, () => {
    assert.equal(problemAt(source, 0, 'policy.template', { message: 'Weak.', severity }).severity, expected);
  });
}

test('a code that is not a rule is an error, whatever its reporter says', () => {
  assert.equal(problemAt(source, 0, 'policy.syntax', { message: 'No.', severity: 'warning' }).severity, 'error');
});

test('a problem is kept once for each severity', () => {
  const problems = new Problems();
  const raised = problemAt(source, 0, 'policy.template', { message: 'Weak.', severity: 'error' });
  for (const problem of [weak, weak, raised]) problems.add(problem);
  assert.deepEqual(problems.all, [weak, raised]);
  assert.ok(problems.hasErrors);
});
