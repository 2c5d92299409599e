import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ruleExamples } from '../../src/cli/help/rule-examples/index.ts';
import { codes } from '../../src/diagnostics/codes.ts';
import { refusals } from '../../src/diagnostics/refusals.ts';
import { rules } from '../../src/diagnostics/rules.ts';
import { runCommand, writeFiles } from './captured-terminal.ts';

async function jsonHelp(name: string) {
  const { code, out, errors } = await runCommand(['help', name, '--format', 'json']);
  assert.deepEqual([code, errors], [0, ''], name);
  return JSON.parse(out);
}

test('every code of the documentation has a page, with what the tables say of it', async () => {
  const root = join(import.meta.dirname, '..', '..');
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const documented = Array.from(page.matchAll(/^\| `([a-z]+\.[^`]+)` \|/gm), ([, code = '']) => code);
  assert.deepEqual(documented.toSorted(), Object.keys(codes).toSorted());
  for (const code of documented) {
    const found = await jsonHelp(code);
    assert.equal(found.meaning, codes[code as keyof typeof codes]);
    assert.ok(found.advice.every((text: string) => text.length > 20) && found.advice.length > 0, code);
    const isRule = Object.hasOwn(rules, code);
    assert.equal(found.example !== null, isRule, code);
    assert.equal(found.status !== null, Object.hasOwn(refusals, code), code);
    if (!isRule) continue;
    assert.equal(found.severity, rules[code as keyof typeof rules]);
    const { wrong, right } = ruleExamples[code as keyof typeof ruleExamples];
    assert.deepEqual([found.example.broken, found.example.mended], [wrong, right]);
    const { out } = await runCommand(['help', code]);
    for (const line of `${wrong}\n${right}`.split('\n')) assert.ok(out.includes(line), `${code}: ${line}`);
  }
});

const pages: [code: string, shown: RegExp[], notShown: RegExp[]][] = [
  [
    'keys.unused',
    [/warning; an error with strict: true/, /allow: \[keys\.unused\]/, /Mended/, /Write it as in the mended/],
    [/HTTP status/, /error names/],
  ],
  ['keys.certificate-ends', [/Severity +warning\n/, /allow: \[/], [/strict/]],
  ['policy.never-expires', [/Severity +note/], [/allow: \[/]],
  ['config.syntax', [/Severity +error/, /What to do/], [/HTTP status/, /Example/]],
  ['keys.unannounced', [/read the JWKS again/], [/Severity/]],
  ['signer.denied', [/kms:GetPublicKey/, /HTTP status +500/], []],
  ['cli.node-version', [/package\.json/], []],
  ['route.none', [/HTTP status +404\n/], [/Severity/]],
  ['extproc.overloaded', [/HTTP status +503\n/], [/\]\(/]],
  ['dataweave.arithmetic', [/HTTP status +500\n/], []],
  ['mint.token-too-large', [/HTTP status +500 \(flex, datapower\), 401 \(apigee\)\n/], []],
  ['identity.ambiguous', [/HTTP status +401 \(caller required, apigee\), 500 \(flex, datapower\)\n/], []],
];

for (const [code, shown, notShown] of pages) {
  test(`the page of ${code}`, async () => {
    const { code: exit, out, errors } = await runCommand(['help', code]);
    assert.deepEqual([exit, errors], [0, '']);
    for (const pattern of shown) assert.match(out, pattern);
    for (const pattern of notShown) assert.doesNotMatch(out, pattern);
  });
}

const others: [line: string[], exit: number, out: RegExp, errors: RegExp][] = [
  [['help'], 0, /serve +run beside Envoy/, /^$/],
  [['help', 'gen'], 0, /^Usage: mintproc gen/, /^$/],
  [['help', 'help'], 0, /^Usage: mintproc help/, /^$/],
  [['help', 'route'], 0, /^route\.ambiguous-path +The path/, /^$/],
  [['help', 'keys'], 0, /^Usage: mintproc keys list[\s\S]*\nkeys\.missing +The policy has no key/, /^$/],
  [['help', 'keys.none-activ'], 2, /^$/, /`keys\.none-activ` is neither .* Did you mean `keys\.none-active`\?/],
  [['help', 'none-active'], 2, /^$/, /Did you mean `keys\.none-active`\?/],
  [['help', 'key.none-active'], 2, /^$/, /Did you mean `keys\.none-active`\?/],
  [['help', 'nothing-like-it'], 2, /^$/, /The groups of codes are: .*dataweave.*keys/],
  [['help', 'keys.nothing-like-it'], 2, /^$/, /`mintproc help keys` lists the codes of its group\./],
  [['help', 'toString'], 2, /^$/, /neither a command nor a code/],
  [['help', 'a secret!'], 2, /^$/, /^mintproc help: This is neither a command nor a code\. (?!.*a secret)/],
  [['help', 'keys.unused', 'keys.missing'], 2, /^$/, /Only one/],
];

for (const [line, exit, out, errors] of others) {
  test(`mintproc ${line.join(' ')}`, async () => {
    const answer = await runCommand(line);
    assert.equal(answer.code, exit);
    assert.match(answer.out, out);
    assert.match(answer.errors, errors);
  });
}

test('JSON of a command, a group and the list', async () => {
  const { out } = await runCommand(['help', '--format', 'json']);
  const list = JSON.parse(out);
  assert.ok(list.commands.some(({ name }: { name: string }) => name === 'serve'));
  assert.deepEqual(list.codes, Object.keys(codes));
  assert.match((await jsonHelp('verify')).help, /^Usage: mintproc verify/);
  assert.equal((await jsonHelp('serving')).codes.length, 2);
});

test('problems at a terminal end with one hint; elsewhere there is none', async () => {
  const { file } = writeFiles({ file: 'policies: []\nrouts: []\nlistn: x\n' });
  const hints = (text: string): number => text.split('mintproc help config.').length - 1;
  const attended = await runCommand(['validate', file], [], {}, true);
  assert.equal(hints(attended.errors), 1);
  const unattended = await runCommand(['validate', file]);
  assert.deepEqual([hints(unattended.errors), hints(unattended.out)], [0, 0]);
  const asJson = await runCommand(['validate', '--format', 'json', file], [], {}, true);
  assert.equal(hints(asJson.errors), 0);
});
