import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand, writeFiles } from './captured-terminal.ts';

const files = writeFiles({
  'context.json':
    '{"attributes": {"method": "GET", "requestPath": "/a/../b", "queryString": "q=1"}, "payload": {"x": "px"}}',
  'broken.json': '{',
  'list.json': '[]',
});

const answers: readonly [name: string, line: readonly string[], out: string][] = [
  ['a value', ["lower('ALICE')"], '"alice"\n'],
  ['a value as JSON', ['--format', 'json', '[1, 2]'], '{"ok":[1,2]}\n'],
  ['with a context', ['--context', files['context.json'], 'attributes.method ++ attributes.requestPath'], '"GET/b"\n'],
  ['with a payload', ['--context', files['context.json'], 'payload.x'], '"px"\n'],
];

for (const [name, line, out] of answers) {
  test(`eval: ${name}`, async () => {
    assert.deepEqual(await runCommand(['eval', ...line]), { code: 0, out, errors: '' });
  });
}

const failures: readonly [name: string, line: readonly string[], code: number, error: RegExp][] = [
  ['a mistake has its place and a caret', ["upper('a'"], 1, /^expression:1:10: error: .*\n {2}upper\('a'\n {11}\^/],
  ['a failure at a request', ["'a' ++ authentication.principal"], 1, /^For a request: .* \[dataweave\.type-mismatch\]/],
  ['no expression', [], 2, /One expression is required/],
  ['two expressions', ['1', '2'], 2, /One expression is required/],
  ['an unknown profile', ['--profile', 'jq', '1'], 2, /Unknown profile `jq`/],
  ['an unknown option', ['--colour', '1'], 2, /--colour.*\nSee: mintproc eval --help/],
  ['a context that is no JSON', ['--context', files['broken.json'], '1'], 1, /broken\.json is not JSON/],
  ['a context that is no object', ['--context', files['list.json'], '1'], 1, /list\.json must hold a JSON object/],
  ['a missing context', ['--context', 'nowhere.json', '1'], 1, /nowhere\.json does not exist/],
];

for (const [name, line, code, error] of failures) {
  test(`eval: ${name}`, async () => {
    const ran = await runCommand(['eval', ...line]);
    assert.equal(ran.code, code);
    assert.equal(ran.out, '');
    assert.match(ran.errors, error);
  });
}

test('eval --jsonl answers each line in order', async () => {
  const lines = ['{"expr": "1.0"}', '', '{"expr": "1 ++"}', '{"expr": "attributes.method ++ \'x\'", "context": {}}'];
  const { code, out } = await runCommand(['eval', '--jsonl', '--context', files['context.json']], lines);
  assert.equal(code, 0);
  const [value, unloadable, failed, ...more] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(value, { ok: 1 });
  assert.deepEqual(Object.keys(unloadable.compileError), ['code', 'message', 'line', 'column']);
  assert.equal(failed.error.code, 'dataweave.type-mismatch');
  assert.deepEqual(more, []);
});

test('eval --jsonl answers a line that it cannot read, and goes on', async () => {
  const lines = ['{"expr": "1"}', '{"exp": "1"}', '{', '{"expr": "2"}'];
  const { code, out } = await runCommand(['eval', '--jsonl'], lines);
  assert.equal(code, 1);
  const answers = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ ok, error }) => ok ?? error.code),
    [1, 'cli.malformed-line', 'cli.malformed-line', 2],
  );
  assert.match(answers[1].error.message, /^line 2 must have the form/);
});
