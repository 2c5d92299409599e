import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '../../../src/configuration/load.ts';
import { memoryFiles, secret } from '../../configuration/memory-files.ts';

const pem = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----\n';

/** What the text is taken for; empty if it is a secret that can be used. */
const texts: readonly (readonly [method: string, text: string, said: string])[] = [
  ['HS256', secret, ''],
  ['HS256', `a secret with \${VALUE} in its middle, #[too]`, ''],
  ['HS256', '<4f!include-me-as-a-secret-of-40-letters', ''],
  ['HS256', `\${SIGNING_KEY}`, 'placeholder'],
  ['HS256', `\${secrets:signing.key}`, 'placeholder'],
  ['HS256', '$(SIGNING_KEY)', 'placeholder'],
  ['HS256', '$SIGNING_KEY', 'environment variable'],
  ['HS256', '$SIGNING-KEY of 40 letters, not one name', ''],
  ['HS256', "#[attributes.headers['x-key']]", 'expression'],
  ['HS256', '{{ .Values.key }}', 'template'],
  ['HS256', '<%= key %>', 'template'],
  ['HS256', '!include keys/secret.txt', 'instruction'],
  ['HS256', 'env:SIGNING_KEY', 'address of a key'],
  ['HS256', 'file:///keys/secret.txt', 'address of a key'],
  ['HS256', '<your-secret-key>', 'example'],
  ['HS256', '********', 'masked'],
  ['HS256', pem, 'in PEM, but HS256 signs with a secret'],
  ['RS256', `\${SIGNING_KEY}`, 'placeholder'],
  ['ES256', '#[vars.key]', 'expression'],
  ['ES256', 'file:keys/es.pem', 'address of a key'],
];

function load(method: string, privateKey: unknown, entry: object = {}, keys: object = {}) {
  const config = { signingMethod: method, privateKey, exp: 60 };
  const conf = {
    policies: [{ name: 'p', file: 'policy.json', ...entry }],
    routes: [{ match: {}, policies: ['p'] }],
    ...keys,
  };
  return loadConfiguration('conf.json', {
    files: memoryFiles({
      'policy.json': JSON.stringify([{ policyRef: { name: 'jwt-generation-flex' }, config }]),
      'conf.json': JSON.stringify(conf),
      'secret.txt': secret,
    }),
  });
}

for (const [method, text, said] of texts) {
  test(`privateKey under ${method}: ${text.split('\n', 1)[0]}`, () => {
    const { snapshot, problems } = load(method, text);
    const [problem] = problems.filter(({ severity }) => severity === 'error');
    if (said === '') assert.deepEqual([problem, snapshot !== undefined], [undefined, true]);
    else {
      assert.equal(problem?.code, 'keys.placeholder');
      assert.ok(problem.message.includes(said), problem.message);
      assert.ok(!JSON.stringify(problem).includes(text));
    }
  });
}

const entry = { key: { file: 'secret.txt' } };

test('the key of the entry replaces a placeholder', () => {
  assert.deepEqual(load('HS256', `\${SIGNING_KEY}`, entry).problems, []);
});

test('a secret reference is a key of the configuration with this name', () => {
  const keys = { keys: { signing: { file: 'secret.txt' } } };
  for (const reference of ['signing', { name: 'signing', key: 'private.pem' }]) {
    assert.deepEqual(load('HS256', { secretRef: reference }, {}, keys).problems, []);
    assert.deepEqual(load('HS256', { secretRef: reference }, entry).problems, []);
    const [missing] = load('HS256', { secretRef: reference }).problems;
    assert.equal(missing?.code, 'keys.missing');
    assert.match(missing.suggestion ?? '', /`key: \{ file: … \}` in the policy's entry/);
    const [mistyped] = load(
      'HS256',
      { secretRef: reference },
      {},
      { keys: { sining: { file: 'secret.txt' } } },
    ).problems;
    assert.equal(mistyped?.suggestion, 'Did you mean `sining`?');
  }
});
