/**
 * The test that the page offers passes in `mintproc test` when it is saved beside the workspace.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../cli/captured-terminal.ts';
import { exampleNamed, folderWith, playgroundOf, runExample, type WorkspaceExample, workspaces } from './client.ts';

const playground = playgroundOf();

async function testCaseOf(example: WorkspaceExample, edit?: (text: string, name: string) => string): Promise<string> {
  const { outcome, problems } = await runExample(playground, example, edit);
  assert.ok(outcome, JSON.stringify(problems));
  return outcome.testCase;
}

/** Saves the workspace and the test, and runs the test. */
async function tested(example: WorkspaceExample, edit: (text: string, name: string) => string, testCase: string) {
  const files = example.files.map(({ name, text }) => [name, edit(text, name)]);
  const folder = folderWith(Object.fromEntries(files));
  writeFileSync(join(folder, 'saved.test.yaml'), testCase);
  return runCommand(['test', join(folder, 'saved.test.yaml'), '--format', 'json']);
}

const cases: [name: string, example: string, edit: (text: string, name: string) => string, expected: string][] = [
  ...workspaces.map(({ name }): (typeof cases)[number] => [`the example ${name}`, name, (text) => text, 'exact: true']),
  ['a case with a time', 'flex', forCase((text) => `at: 2026-01-01T00:00:00Z\n${text}`), 'exp: 1767225900'],
  ['a name', 'flex', forCase((text) => `name: "an order: yes"\n${text}`), 'name: "an order: yes"'],
  ['a refusal by a route', 'flex', forCase((text) => text.replace('/orders/4711', '/health')), 'code: route.denied'],
  ['a refusal without a route', 'flex', forCase((text) => text.replace('/orders/4711', '/x')), 'code: route.none'],
  ['a request that no route matches', 'apigee', forCase((text) => text.replace('/orders', '/x')), 'because: unmatched'],
  [
    'a refusal by a policy',
    'apigee',
    (text) => text.replace('>anonymous</Subject>', '></Subject>').replace('    sub: alice\n', ''),
    'code: apigee.failed-to-resolve-variable',
  ],
  [
    'a policy that lets the request pass',
    'apigee',
    (text) =>
      text
        .replace('<GenerateJWT ', '<GenerateJWT continueOnError="true" ')
        .replace('>anonymous</Subject>', '></Subject>')
        .replace('    sub: alice\n', ''),
    'because: error',
  ],
  [
    'a policy that is disabled',
    'apigee',
    (text) => text.replace('<GenerateJWT ', '<GenerateJWT enabled="false" ').replace(/variables:\n.*\n/, ''),
    'because: disabled',
  ],
  [
    'a number of many digits',
    'apigee',
    (text) => text.replace(/type="map">.*?</, 'type="map">{"n": 12345678901234567890.10, "f": 1e400}<'),
    '"n": 12345678901234567890.10',
  ],
  [
    'values that look like something else in YAML',
    'apigee',
    (text) =>
      text.replace(
        /type="map">.*?</,
        'type="map">{"no": "no", "1": "0x1f", "a: b": "- # c", "t": "2026-01-01", "e": "", "u": "\\u0085\\u2028"}<',
      ),
    '"1": "0x1f"',
  ],
  [
    'values that look like an expectation',
    'apigee',
    (text) => text.replace(/type="map">.*?</, 'type="map">{"a": {"present": true}, "b": [{"matches": "("}]}<'),
    'equals:',
  ],
  [
    'a part of an object that differs each time',
    'flex',
    (text) =>
      text
        .replace('"#[uuid()]"', `"#[{ id: uuid(), list: [uuid(), 'a'] }]"`)
        .replace('file: orders.flex.yaml', 'file: orders.flex.yaml\n    expressions: dataweave'),
    '- a',
  ],
  [
    'two policies on one route',
    'flex',
    (text) =>
      text
        .replace(
          '\nunmatched:',
          '  - { name: second, file: orders.flex.yaml, key: { file: b.pem }, output: { header: x-b } }\n\nunmatched:',
        )
        .replace('[orders]', '[orders, second]'),
    'policy: second',
  ],
  [
    'an encrypted token',
    'datapower',
    (text) =>
      text
        .replace(
          '        jws-alg: RS256\n',
          '        jws-alg: RS256\n        jwe-alg: RSA-OAEP-256\n        jwe-enc: A256GCM\n        jwe-crypto: recipient\n',
        )
        .replace('keys:\n', 'keys:\n  recipient: { file: keys/recipient.pem }\n'),
    'enc: A256GCM',
  ],
  [
    'a route without a name',
    'flex',
    (text) => text.replace('  - name: orders\n    match: { pathPrefix', '  - match: { pathPrefix'),
    'route: 2',
  ],
];

function forCase(edit: (text: string) => string): (text: string, name: string) => string {
  return (text, name) => (name === 'case' ? edit(text) : text);
}

for (const [name, example, edit, expected] of cases) {
  test(`the test of ${name} passes`, async () => {
    const testCase = await testCaseOf(exampleNamed(example), edit);
    assert.ok(testCase.includes(expected), testCase);
    const { code, out, errors } = await tested(exampleNamed(example), edit, testCase);
    assert.deepEqual([code, errors], [0, ''], `${testCase}\n${out}`);
  });
}

test('the test fails when the policy changes', async () => {
  const example = exampleNamed('flex');
  const testCase = await testCaseOf(example);
  const { code, out } = await tested(example, (text) => text.replace("'orders'\"", "'billing'\""), testCase);
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(out).files[0].cases[0].failures.map(({ what }: { what: string }) => what),
    ['jwt.claims.aud'],
  );
});

test('a token whose keys end within a year has its time', async () => {
  const edit = (text: string) =>
    text.replace('{ file: keys/orders.pem }', '{ file: keys/orders.pem, retireAfter: 2026-12-31T00:00:00Z }');
  const testCase = await testCaseOf(exampleNamed('flex'), edit);
  assert.ok(testCase.includes('at: "2026-11-30T12:00:00.000Z"'), testCase);
  const { code, out } = await tested(exampleNamed('flex'), edit, testCase);
  assert.equal(code, 0, out);
});
