/**
 * With keys that are made in place of all, nothing that may be a key is read, whatever form it has.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileReader } from '../../src/configuration/files.ts';
import { StandInKeys } from '../../src/configuration/keys/stand-in-keys.ts';
import { loadConfiguration } from './loading.ts';

const flex = `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: RS256, exp: 60, customClaims: [] }`;
const secretFlex = `- policyRef: { name: jwt-generation-flex }
  config: { signingMethod: HS256, privateKey: "0123456789abcdef0123456789abcdef", exp: 60, customClaims: [] }`;
const apigee = (more: string) => `<GenerateJWT name="a"><Algorithm>RS256</Algorithm>
  <PrivateKey><Value ref="private.key"/>${more}</PrivateKey><Subject>a</Subject></GenerateJWT>`;
const encrypting = `<GenerateJWT name="a"><Type>Encrypted</Type><Algorithms><Key>RSA-OAEP-256</Key><Content>A128GCM</Content></Algorithms>
  <PublicKey><Value ref="private.recipient"/></PublicKey><Subject>a</Subject></GenerateJWT>`;

const files = { 'flex.yaml': flex, 'secret.flex.yaml': secretFlex } as const;

const cases: [name: string, policy: string, configuration: string][] = [
  ['a file', flex, 'key: { file: keys/a.pem }'],
  ['an environment variable', flex, 'key: { env: KEY }'],
  ['a file with a certificate', flex, 'key: { file: keys/a.pem, certificate: keys/c.pem }'],
  ['a PKCS#12 file with its passphrase', flex, 'key: { pkcs12: keys/a.p12, passphrase: { file: keys/p } }'],
  ['a folder', flex, 'key: { directory: keys }'],
  ['a JWK set', flex, 'key: { jwks: keys/a.jwks, kid: a }'],
  [
    'versions',
    flex,
    'key: named }]\nkeys: { named: { versions: [{ kid: a, file: keys/a.pem }, { kid: b, env: KEY }] }',
  ],
  ['a service', flex, 'key: { awsKms: { key: alias/a, region: eu-central-1 } }'],
  ['a text', flex, 'key: { text: broken }'],
  ['a key that is generated', flex, 'key: { generate: RS256 }'],
  ['a key of a name', flex, 'key: named }]\nkeys: { named: { file: keys/a.pem }'],
  ['a secret in the policy', secretFlex, 'onError: deny'],
  ['a variable', apigee(''), 'onError: deny }]\nvariables: { private.key: { file: keys/a.pem }'],
  ['a variable of the entry', apigee(''), 'variables: { private.key: { env: KEY } }'],
  [
    'a variable with a password',
    apigee('<Password ref="private.p"/>'),
    'onError: deny }]\nvariables: { private.key: { file: keys/a.pem }, private.p: { file: keys/p }',
  ],
  [
    'a variable with the identifier',
    apigee('<Id ref="private.id"/>'),
    'onError: deny }]\nvariables: { private.key: { file: keys/a.pem }, private.id: { file: keys/id }',
  ],
  [
    'a readable variable that is the key',
    apigee(''),
    'onError: deny }]\nvariables: { private.key: { env: READABLE, readable: true }',
  ],
  ['a key to encrypt to', encrypting, 'recipient: { file: keys/a.pem }'],
  ['TLS', flex, 'key: { file: keys/a.pem } }]\ntls: { certificate: keys/c.pem, key: keys/a.pem'],
  ['pseudonyms of the audit', flex, 'key: { file: keys/a.pem } }]\nlog: { audit: { subjectKey: { file: keys/a.pem } }'],
  [
    'a secret that no policy uses',
    flex,
    'key: { file: keys/a.pem } }]\nvariables: { private.unused: { file: keys/a.pem }',
  ],
];

/** Everything is there but what is in `keys/`, which may not be looked at. */
function guarded(policy: string, configuration: string): FileReader {
  const texts: Readonly<Record<string, string>> = {
    ...files,
    'mintproc.yaml': `routes: [{ match: {}, policies: [a] }]\npolicies: [{ name: a, file: policy, output: { header: x-token }, ${configuration} ${configuration.includes(']\n') ? '}' : '}]'}`,
    policy,
  };
  return {
    read: (path) => {
      const text = texts[path];
      assert.ok(text !== undefined, `${path} is read`);
      return { kind: 'bytes', bytes: Buffer.from(text) };
    },
    list: (path) => assert.fail(`${path} is listed`),
  };
}

/** Whose members may be asked for one by one, but for those that are keys. */
const environment = new Proxy<Readonly<Record<string, string | undefined>>>(
  {},
  { get: (_, name) => (name === 'READABLE' ? 'shown' : assert.fail(`${String(name)} is read`)) },
);

for (const [name, policy, configuration] of cases) {
  test(`not read: ${name}`, () => {
    const standInKeys = new StandInKeys({ areForAll: true });
    const { snapshot, problems } = loadConfiguration('mintproc.yaml', {
      files: guarded(policy, configuration),
      environment,
      withoutKeys: 'all',
      standInKeys,
    });
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.notEqual(snapshot, undefined);
    assert.ok(standInKeys.made.every(({ isUnread }) => isUnread));
    assert.ok(standInKeys.made.length > 0);
  });
}
