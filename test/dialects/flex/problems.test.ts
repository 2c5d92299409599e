import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem, Problems } from '../../../src/diagnostics/problem.ts';
import { SourceText } from '../../../src/diagnostics/source-text.ts';
import { finish } from '../../../src/diagnostics/steps.ts';
import { readPolicyFile } from '../../../src/dialects/index.ts';
import { DocumentFile } from '../../../src/documents/document-file.ts';
import { cases, key, policy } from './problem-cases.ts';

for (const [name, text, expected] of cases) {
  test(`flex problems: ${name}`, () => {
    const problems = new Problems();
    const file = finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.yaml', text)), {}, problems));
    const found = problems.all.map(({ place, severity, code }) => `${place.line}:${place.column} ${severity} ${code}`);
    assert.deepEqual(found.sort(), [...expected].sort());
    const plans = file?.policies.map(({ plan }) => plan) ?? [];
    assert.ok(
      plans.every((plan) => (plan === undefined) === problems.hasErrors),
      'a plan, or an error',
    );
    for (const problem of problems.all) assert.doesNotMatch(formatProblem(problem), /my-secret-key/);
  });
}

test('the warning about a template suggests the expression to write', () => {
  const problems = new Problems();
  const text = policy(key, 'customClaims:', `- { name: a, value: "it's #[attributes.method]!" }`);
  finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.yaml', text)), {}, problems));
  assert.match(problems.all[0]?.suggestion ?? '', /#\['it\\'s ' \+\+ \(attributes\.method\) \+\+ '!'\]/);
});

/** A line of a policy with a mistake in it, and whether a message may show the line. */
const excerpts: readonly (readonly [text: string, isShown: boolean])[] = [
  [policy(key, 'customClaims: [{ name: a, value: "#[1 +]" }]'), true],
  [policy(key, 'exp: -1'), true],
  [policy(key, 'exp: my-secret-key'), false],
  [policy('privateKey: 4242'), false],
  [`- policyRef: { name: jwt-generation-flex }\n  config: { ${key} }\n  rules:\n    - { path: "/(?!a).*" }\n`, true],
  [`- policyRef: { name: jwt-generation-flex }\n  config: { ${key} }\n  rules:\n    - { host: "(?!a).*" }\n`, true],
  [managed('[{ methodRegex: "(" }]'), true],
  [managed('[{ methodRegex: { name: my-secret-key } }]'), false],
];

function managed(rules: string): string {
  return `{ assetId: jwt-generation, configurationData: { ${key} },\n  pointcutData: ${rules} }`;
}

for (const [text, isShown] of excerpts) {
  test(`the line is ${isShown ? '' : 'not '}shown: ${text.trimEnd().split('\n').at(-1)}`, () => {
    const problems = new Problems();
    finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.yaml', text)), {}, problems));
    assert.deepEqual(
      problems.all.map(({ excerpt }) => excerpt !== undefined),
      [isShown],
    );
  });
}

test('policies of several resources, in order and with their names', () => {
  const item = '{ policyRef: { name: jwt-generation-flex }, config: {} }';
  const text = `kind: List
items:
  - kind: ApiInstance
    metadata: { name: orders }
    spec:
      policies: { inbound: [${item}], outbound: [${item}] }
      services: { billing: { policies: [${item}] } }
---
- { label: partner, assetId: jwt-generation, configurationData: {} }
`;
  const file = finish(readPolicyFile(new DocumentFile(SourceText.ofFile('p.yaml', text)), {}, new Problems()));
  assert.deepEqual(
    file?.policies.map(({ names }) => names),
    [['orders'], ['orders'], ['orders', 'billing'], ['partner']],
  );
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
