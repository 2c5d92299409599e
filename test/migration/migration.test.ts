/**
 * @module
 * Small exports, and the configurations that they become.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExportedApi, type ExportedPolicy, type ExportFile, Open } from '../../src/dialects/exported.ts';
import { loadImport } from './load-import.ts';

const text = `<GenerateJWT name="Generate"><Algorithm>RS256</Algorithm><PrivateKey><Value ref="private.key"/></PrivateKey>
<Subject>a</Subject><ExpiresIn>1h</ExpiresIn><OutputVariable>token</OutputVariable></GenerateJWT>`;
const file: ExportFile = {
  path: 'export/apiproxy/policies/Generate.xml',
  name: 'apiproxy/policies/Generate.xml',
  text,
  bytes: Buffer.from(text),
};
const place = { file: 'export/apiproxy/proxies/default.xml', line: 3, column: 1 };

const policy: ExportedPolicy = {
  file,
  place,
  name: 'Generate',
  dialect: 'apigee',
  select: undefined,
  reasons: [],
  routes: [{ place, match: { pathPrefix: '/orders' } }],
  output: { header: 'authorization', prefix: 'Bearer ' },
  entry: {},
  variables: [],
  keys: [{ name: 'key', kind: 'private', origin: 'KVM map keys, entry signing', use: { variable: 'private.key' } }],
};

const api = (name: string, ...policies: ExportedPolicy[]): ExportedApi => ({ name, policies });

test('an exact policy loads with its key', () => {
  const { problems, text: yaml, migration } = loadImport([api('orders', policy)]);
  assert.deepEqual(problems, [], yaml);
  assert.equal(
    yaml.replace(/^(?:#.*)?\n/gm, ''),
    `unmatched: deny
policies:
  # Generate of orders: export/apiproxy/proxies/default.xml:3:1
  - name: Generate
    file: policies/Generate.xml
    output: { header: authorization, prefix: "Bearer " }
    variables: { private.key: { file: keys/key.pem } }
routes:
  # export/apiproxy/proxies/default.xml:3:1
  - match: { pathPrefix: /orders }
    policies: [ Generate ]
`,
  );
  assert.deepEqual(
    migration.policies.map(({ verdict }) => verdict),
    ['exact'],
  );
});

test('an open value is a string that says what to write', () => {
  const header = new Open('Write the header that the backend reads.', ['JavaScript set-header.js reads the token']);
  const {
    problems,
    text: yaml,
    migration,
  } = loadImport([api('orders', { ...policy, output: { header, prefix: '' } })]);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['config.fill-in'],
  );
  assert.match(
    yaml,
    /# JavaScript set-header.js reads the token\n +header: "FILL IN: Write the header that the backend reads."/,
  );
  assert.deepEqual(
    migration.policies.map(({ verdict }) => verdict),
    ['needs-values'],
  );
});
