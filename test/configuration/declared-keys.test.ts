/**
 * @module
 * Keys that `mintproc.yaml` declares: accepted forms, and the places of problems.
 */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { one, policy, two } from './key-world.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

const passphrase = 'open sesame';
const encrypted = String(
  createPrivateKey(one).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
);

interface Example {
  /** More keys of the policy's entry and of the top level. */
  readonly entry?: string;
  readonly top?: string;
  readonly policy?: string;
}

/** `code line:column` of each problem, with `warning` before it if it is not an error. */
function load({ entry = 'key: k', top = '', policy: text = policy() }: Example): string[] {
  const configuration = `policies:\n  - { name: p, file: p.yaml, ${entry} }\nroutes: [{ match: {}, policies: [p] }]\n${top}`;
  const files = memoryFiles({
    'mintproc.yaml': configuration,
    'p.yaml': text,
    'a.pem': one,
    'b.pem': two,
    'e.pem': encrypted,
    'cut.pem': one.slice(0, 80),
    'd/1.pem': one,
    'd/2.pem': two,
    password: `${passphrase}\n`,
  });
  const environment = { PASSWORD: passphrase, KEY: one };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files, environment });
  assert.equal(
    snapshot === undefined,
    problems.some(({ severity }) => severity === 'error'),
  );
  return problems.map(
    ({ code, severity, place }) => `${severity === 'error' ? '' : 'warning '}${code} ${place.line}:${place.column}`,
  );
}

/** Keys that follow each other are published, or a warning says that this one does not. */
const published = 'jwks: { listen: 127.0.0.1:1 }';

const accepted: readonly [name: string, example: Example][] = [
  ['a name', { top: 'keys: { k: { file: a.pem } }' }],
  ['a file in the entry', { entry: 'key: { file: a.pem }' }],
  ['the environment', { entry: 'key: { env: KEY }' }],
  ['a passphrase in a file', { entry: 'key: { file: e.pem, passphrase: { file: password } }' }],
  ['a passphrase in the environment', { entry: 'key: { file: e.pem, passphrase: { env: PASSWORD } }' }],
  ['a folder', { entry: 'key: { directory: d }', top: published }],
  [
    'versions',
    {
      top: `keys: { k: { versions: [{ file: a.pem }, { file: b.pem, activeFrom: 2026-07-01T00:00:00Z }] } }\n${published}`,
    },
  ],
  ['reuse switched off', { entry: 'key: { file: a.pem }, reuse: false' }],
  ['reuse for a while', { entry: 'key: { file: a.pem }, reuse: { for: 30s }' }],
];

for (const [name, example] of accepted) test(`accepted: ${name}`, () => assert.deepEqual(load(example), []));

const reported: readonly [name: string, example: Example, problems: readonly string[]][] = [
  ['a name that is mistyped', { entry: 'key: kk', top: 'keys: { k: { file: a.pem } }' }, ['keys.unknown-name 2:35']],
  ['a name without any keys', { entry: 'key: kk' }, ['keys.unknown-name 2:35']],
  ['two places', { entry: 'key: { file: a.pem, env: KEY }' }, ['config.invalid-value 2:35']],
  ['no place', { entry: 'key: { kid: a }' }, ['config.invalid-value 2:35']],
  [
    'a place together with versions',
    { top: 'keys: { k: { file: a.pem, versions: [{ file: b.pem }] } }' },
    ['config.invalid-value 4:12'],
  ],
  ['a missing file', { top: 'keys: { k: { file: x.pem } }' }, ['config.unreadable-file 4:20']],
  [
    'a missing file in a version',
    { top: 'keys: { k: { versions: [{ file: x.pem }] } }' },
    ['config.unreadable-file 4:33'],
  ],
  [
    'a missing passphrase file',
    { entry: 'key: { file: e.pem, passphrase: { file: x } }' },
    ['config.unreadable-file 2:62'],
  ],
  ['a missing certificate', { entry: 'key: { file: a.pem, certificate: x }' }, ['config.unreadable-file 2:63']],
  ['a missing variable', { entry: 'key: { file: e.pem, passphrase: { env: X } }' }, ['keys.no-variable 2:62']],
  ['a cut-off key', { entry: 'key: { file: cut.pem }' }, ['keys.cut-off 2:43']],
  ['a date without its time', { entry: 'key: { file: a.pem, activeFrom: 2026-07-01 }' }, ['config.invalid-value 2:62']],
  ['a generated key', { entry: 'key: { generate: ES256 }' }, ['warning keys.generated 2:47']],
  [
    'a key that nothing uses',
    { entry: 'key: { file: a.pem }', top: 'keys: { k: { file: x.pem } }' },
    ['warning keys.unused 4:12'],
  ],
  [
    'a kid besides that of the policy',
    { top: 'keys: { k: { file: a.pem, kid: mine } }', policy: policy({ kid: 'other' }) },
    ['warning keys.kid-differs 4:12'],
  ],
  [
    'a key for another algorithm',
    { top: 'keys: { k: { file: a.pem } }', policy: policy({ signingMethod: 'RS256' }) },
    ['jose.wrong-key-type 4:20'],
  ],
  [
    'reuse of random claims',
    { entry: 'key: { file: a.pem }, reuse: true', policy: policy({ claim: '#[uuid()]' }) },
    ['warning config.no-reuse 2:59'],
  ],
  [
    'a warning once, though two policies use the key',
    {
      entry: 'key: k }\n  - { name: q, file: p.yaml, key: k, output: { header: x-q }',
      top: 'keys: { k: { generate: ES256 } }',
    },
    ['warning config.unused-policy 3:13', 'warning keys.generated 5:24'],
  ],
  ['reuse without its unit', { entry: 'key: { file: a.pem }, reuse: { for: 30 }' }, ['config.wrong-type 2:66']],
];

for (const [name, example, problems] of reported) {
  test(`reported: ${name}`, () => assert.deepEqual(load(example), problems));
}
