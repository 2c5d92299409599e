import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { runCommand, writeFiles } from './captured-terminal.ts';

const pem = String(
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);
const withKey = (method: string): string =>
  `- policyRef: { name: jwt-generation-flex }\n  config:\n    signingMethod: ${method}\n    exp: 300\n    privateKey: |\n${pem.replaceAll(/^(?=.)/gm, '      ')}`;

const files = writeFiles({
  'good.yaml': withKey('ES256'),
  'wrong-key.yaml': withKey('RS256'),
  'weak.yaml':
    '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, exp: 300, privateKey: my-secret-key }\n',
  'keyless.yaml': '- policyRef: { name: jwt-generation-flex }\n  config: { signingMethod: HS256, exp: 300 }\n',
  'mintproc.yaml': 'policies: [{ name: a, file: good.yaml }]\nroutes: [{ match: {}, policies: [a] }]\n',
  'bad-mintproc.yaml':
    'listen: nowhere\npolicies: [{ name: a, file: wrong-key.yaml }, { name: b, file: none.yaml }]\nroute: []\n',
  'other.yaml': 'hello: world\n',
  'allowing.yaml':
    'policies: [{ name: a, file: weak.yaml, allow: [jose.short-secret] }]\nroutes: [{ match: {}, policies: [a] }]\n',
});
type Name = keyof typeof files;

const cases: readonly [file: Name, code: number, dialect: string | null, problems: readonly string[]][] = [
  ['good.yaml', 0, 'flex', []],
  ['wrong-key.yaml', 1, 'flex', ['error jose.wrong-key-type 6:7']],
  ['weak.yaml', 0, 'flex', ['warning jose.short-secret 2:57']],
  ['keyless.yaml', 0, 'flex', []],
  ['mintproc.yaml', 0, 'mintproc', []],
  [
    'bad-mintproc.yaml',
    1,
    'mintproc',
    [
      'error config.invalid-value 1:9',
      'error config.unreadable-file 2:64',
      'error config.unknown-key 3:1',
      'error jose.wrong-key-type 6:7',
    ],
  ],
  ['other.yaml', 1, null, ['error policy.unknown-dialect 1:1']],
];

for (const [file, code, dialect, problems] of cases) {
  test(`validate: ${file}`, async () => {
    const ran = await runCommand(['validate', files[file], '--format', 'json']);
    assert.equal(ran.code, code);
    const [report] = JSON.parse(ran.out).files;
    assert.equal(report.file, files[file]);
    assert.equal(report.dialect, dialect);
    assert.equal(report.ok, code === 0);
    const found = report.problems.map(
      (p: Record<string, unknown>) => `${p['severity']} ${p['code']} ${p['line']}:${p['column']}`,
    );
    assert.deepEqual(found.sort(), [...problems].sort());
    assert.doesNotMatch(ran.out, /my-secret-key|MIG/);
  });
}

test('validate --strict takes a policy file without its key, and --notes says that it has none', async () => {
  const { code, out } = await runCommand(['validate', '--strict', '--notes', files['keyless.yaml']]);
  assert.equal(code, 0);
  assert.match(out, /keyless\.yaml:2:11: note: The policy does not contain a key.*\[keys\.not-in-file\]/);
});

test('validate shows each file with a verdict', async () => {
  const { code, out } = await runCommand(['validate', files['good.yaml'], files['weak.yaml'], files['other.yaml']]);
  assert.equal(code, 1);
  assert.match(out, /good\.yaml \(flex\): valid\n/);
  assert.match(out, /weak\.yaml:2:\d+: warning: .*\n[\s\S]*weak\.yaml \(flex\): valid, 1 warning\n/);
  assert.match(out, /other\.yaml: not valid, 1 error\n$/);
});

test('validate needs a file, and says which one cannot be read', async () => {
  assert.equal((await runCommand(['validate'])).code, 2);
  const { code, out } = await runCommand(['validate', 'nowhere.yaml']);
  assert.equal(code, 1);
  assert.match(out, /^nowhere\.yaml:1:1: error: The file nowhere\.yaml does not exist\. \[config\.unreadable-file\]\n/);
});

const strictly: readonly [name: string, args: readonly string[], code: number, verdict: RegExp][] = [
  ['a warning', [files['weak.yaml']], 0, /weak\.yaml:2:\d+: warning: .*valid, 1 warning\n$/s],
  ['a warning, strict', [files['weak.yaml'], '--strict'], 1, /weak\.yaml:2:\d+: error: .*not valid, 1 error\n$/s],
  ['an allowed warning, strict', [files['allowing.yaml'], '--strict'], 0, /: valid, 1 note \(--notes\)\n {2}a: /],
  [
    'an allowed warning, with notes',
    [files['allowing.yaml'], '--notes'],
    0,
    /weak\.yaml:2:\d+: note: .*valid, 1 note\n/s,
  ],
];

for (const [name, args, code, verdict] of strictly) {
  test(`validate: ${name}`, async () => {
    const ran = await runCommand(['validate', ...args]);
    assert.equal(ran.code, code);
    assert.match(ran.out, verdict);
  });
}
