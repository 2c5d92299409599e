import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem, Problems } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { finish } from '../../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../../src/dialects/index.ts';
import { DocumentFile } from '../../../src/documents/document-file.ts';

/** `config` lines below a bare list item; the first line of a config is line 4. */
const policy = (...config: string[]): string =>
  ['- policyRef:', '    name: jwt-generation-flex', '  config:', ...config.map((line) => `    ${line}`), ''].join('\n');

const key = 'privateKey: my-secret-key';

const cases: readonly [name: string, text: string, problems: readonly string[]][] = [
  ['another kind of file', 'hello: world\n', ['1:1 error policy.unknown-dialect']],
  ['an empty file', '', ['1:1 error policy.unknown-dialect']],
  ['the policy name in another place', 'note: jwt-generation-flex\n', ['1:1 error policy.unknown-dialect']],
  ['YAML that is not well-formed', policy('a: [', key), ['4:8 error policy.syntax']],
  ['an unknown key', policy(key, 'signingMetod: HS256'), ['5:5 error policy.unknown-key']],
  ['an unknown signing method', policy(key, 'signingMethod: HS265'), ['5:20 error policy.invalid-value']],
  ['a method that Flex lacks', policy(key, 'signingMethod: EdDSA'), ['5:20 warning policy.unsupported-algorithm']],
  ['a number as a string', policy(key, 'exp: "60"'), ['5:10 error policy.wrong-type']],
  ['a negative time', policy(key, 'exp: -1'), ['5:10 error policy.invalid-value']],
  ['a fraction of a second', policy(key, 'nbf: 1.5'), ['5:10 error policy.wrong-type']],
  ['the maximum lifetime', policy(key, 'exp: 10000000000'), []],
  ['one second more', policy(key, 'exp: 10000000001'), ['5:10 error policy.invalid-value']],
  ['a claim without a value', policy(key, 'customClaims:', '- name: a'), ['6:7 error policy.missing-key']],
  [
    'a claim whose value is a number',
    policy(key, 'customClaims:', '- { name: a, value: 1 }'),
    ['6:25 error policy.wrong-type'],
  ],
  [
    'several mistakes',
    policy('sub: x', 'iat: maybe', 'customClaims: none'),
    ['4:5 error policy.unknown-key', '5:10 error policy.wrong-type', '6:19 error policy.wrong-type'],
  ],
  [
    'expressions that do not compile',
    policy(key, 'customClaims:', `- name: a`, `  value: "#[upper('a']"`, '- { name: b, value: "#[1 +]" }'),
    ['7:26 error dataweave.unexpected-token', '8:30 error dataweave.unsupported'],
  ],
  [
    'a template',
    policy(key, 'customClaims:', '- { name: a, value: "Bearer #[attributes.method]" }'),
    ['6:33 warning policy.template'],
  ],
  ['no config', '- policyRef: { name: jwt-generation-flex }\n', ['1:3 error policy.missing-key']],
  [
    'the custom-policy example',
    '- policyRef: { name: jwt-generation-flex-v1-0 }\n  config: {}\n',
    ['1:22 error policy.other-schema'],
  ],
  ['too many aliases', `- &a [jwt-generation-flex]\n- [${'*a,'.repeat(101)}]\n`, ['1:1 error policy.syntax']],
];

for (const [name, text, expected] of cases) {
  test(`flex problems: ${name}`, () => {
    const problems = new Problems();
    finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.yaml', text)), {}, problems));
    const found = problems.all.map(({ place, severity, code }) => `${place.line}:${place.column} ${severity} ${code}`);
    assert.deepEqual(found.sort(), [...expected].sort());
    for (const problem of problems.all) assert.doesNotMatch(formatProblem(problem), /my-secret-key/);
  });
}

test('the warning about a template suggests the expression to write', () => {
  const problems = new Problems();
  const text = policy(key, 'customClaims:', `- { name: a, value: "it's #[attributes.method]!" }`);
  finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.yaml', text)), {}, problems));
  assert.match(problems.all[0]?.suggestion ?? '', /#\['it\\'s ' \+\+ \(attributes\.method\) \+\+ '!'\]/);
});

test('the names and places of several policies', () => {
  const binding = (name: string): string =>
    `kind: PolicyBinding\nmetadata: { name: ${name} }\nspec:\n  policyRef: { name: jwt-generation-flex }\n  config: { ${key} }\n`;
  const source = SourceText.ofFile('p.yaml', `${binding('one')}---\n${binding('two')}`);
  const file = finish(readPolicyFile(new DocumentFile(source), {}, new Problems()));
  assert.deepEqual(
    file?.policies.map(({ names, offset }) => [names, source.placeAt(offset).line]),
    [
      [['one'], 5],
      [['two'], 11],
    ],
  );
});
