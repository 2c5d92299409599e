/**
 * @module
 * A policy of an export, for tests that vary one of its members.
 */
import type { ExportedPolicy, ExportFile } from '../../src/dialects/exported.ts';

const text = `<GenerateJWT name="Generate"><Algorithm>RS256</Algorithm><PrivateKey><Value ref="private.key"/></PrivateKey>
<Subject>a</Subject><ExpiresIn>1h</ExpiresIn><OutputVariable>token</OutputVariable></GenerateJWT>`;

const file: ExportFile = {
  path: 'export/apiproxy/policies/Generate.xml',
  name: 'apiproxy/policies/Generate.xml',
  text,
  bytes: Buffer.from(text),
};

export const place = { file: 'export/apiproxy/proxies/default.xml', line: 3, column: 1 };

export const examplePolicy: ExportedPolicy = {
  file,
  place,
  name: 'Generate',
  dialect: 'apigee',
  select: undefined,
  reasons: [],
  routes: [{ place, match: { pathPrefix: '/orders' } }],
  output: { header: 'authorization', prefix: 'Bearer ' },
  entry: {},
  meant: [],
  undecided: [],
  variables: [],
  keys: [{ name: 'key', kind: 'private', origin: 'KVM map keys, entry signing', use: { variable: 'private.key' } }],
};
