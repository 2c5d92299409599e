import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

const policies =
  'policies: [{ name: a, file: a.yaml, output: { header: "FILL IN: the header that the backend reads" } }]';

function problemsOf(files: Record<string, string>): string[] {
  const { problems, snapshot } = loadConfiguration('mintproc.yaml', { files: memoryFiles(files) });
  assert.equal(snapshot, undefined);
  return problems.map(({ code, place }) => `${place.file}:${place.line} ${code}`);
}

test('each value that is still open is an error, and nothing else is', () => {
  const text = `${policies}\nroutes:\n  - match: { pathPrefix: FILL IN }\n    policies: [a]\n`;
  assert.deepEqual(problemsOf({ 'mintproc.yaml': text }), [
    'mintproc.yaml:1 config.fill-in',
    'mintproc.yaml:3 config.fill-in',
  ]);
});

test('also in an included file', () => {
  const problems = problemsOf({ 'mintproc.yaml': 'include: [team.yaml]', 'team.yaml': policies });
  assert.deepEqual(problems, ['team.yaml:1 config.fill-in']);
});

test('a string with these words elsewhere is a value', () => {
  const text = 'policies: [{ name: a, file: a.yaml, output: { header: x, prefix: "not FILL IN" } }]';
  const problems = problemsOf({ 'mintproc.yaml': text });
  assert.ok(!problems.some((problem) => problem.includes('fill-in')));
});
