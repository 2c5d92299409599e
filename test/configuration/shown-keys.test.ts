/**
 * @module
 * No `kid` is a key, password or passphrase of the same configuration: every way to name one in a policy and every way
 * in which another part of the configuration can hold it, in both orders of the policies.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileReader } from '../../src/configuration/files.ts';
import { Reloader } from '../../src/configuration/reload/reload.ts';
import { checkerHere } from './checker-here.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles, startsOnly } from './memory-files.ts';

const victim = 'VictimTenantHmacSecret-0123456789abcdef';
const jwk = JSON.stringify({ kty: 'oct', k: victim });
const own = 'the own secret of the policy, of 32 bytes and more';

const files = {
  own,
  victim: `${victim}\n`,
  link: victim,
  jwk,
  jwks: `{"keys":[${jwk}]}`,
  'folder/one': victim,
  name: 'key-1',
  base64: Buffer.alloc(32, 7).toString('base64'),
};
const environment = { VICTIM: victim, COPY: victim };

/** Policies that show the variable `shown` as their `kid`; `name` is that of the variable. */
const showing: Readonly<Record<string, (name: string) => string>> = {
  'Apigee, SecretKey': (name) =>
    `<GenerateJWT name="a"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.own"/><Id ref="${name}"/></SecretKey></GenerateJWT>`,
  'Apigee, DirectKey': (name) =>
    `<GenerateJWT name="a"><Algorithms><Key>dir</Key><Content>A128CBC-HS256</Content></Algorithms><DirectKey><Id ref="${name}"/><Value ref="private.base64"/></DirectKey></GenerateJWT>`,
  'Apigee, PasswordKey': (name) =>
    `<GenerateJWT name="a"><Algorithms><Key>PBES2-HS256+A128KW</Key><Content>A128GCM</Content></Algorithms><PasswordKey><Value ref="private.own"/><Id ref="${name}"/></PasswordKey></GenerateJWT>`,
  'DataPower, custom-kid-value-jws': (name) =>
    `- jwt-generate: { version: 2.1.0, title: t, iss-claim: request.headers.h, jws-alg: HS256, jws-crypto: own, custom-kid-value-jws: ${name} }`,
  'DataPower, custom-kid-value-jwe': (name) =>
    `- jwt-generate: { version: 2.1.0, title: t, iss-claim: request.headers.h, jwe-enc: A128CBC-HS256, jwe-alg: dir, jwe-crypto: short, custom-kid-value-jwe: ${name} }`,
  'DataPower, a variable that another inserts': (name) =>
    `- set-variable: { actions: [{ set: inner, value: 'x$(${name})' }] }
- jwt-generate: { version: 2.1.0, title: t, iss-claim: request.headers.h, jws-alg: HS256, jws-crypto: own, custom-kid-value-jws: inner }`,
};

/** The variables of each way, the policy or key that holds the secret, and the name that the `kid` has. */
interface Way {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly kid?: string;
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly holder?: string;
  readonly entry?: string;
  readonly top?: string;
}

const signedBy = (inner: string, algorithm = 'HS256'): string =>
  `<GenerateJWT name="b"><Algorithm>${algorithm}</Algorithm>${inner}</GenerateJWT>`;
const holder = signedBy('<SecretKey><Value ref="private.b"/></SecretKey>');
const password =
  '<GenerateJWT name="b"><Algorithms><Key>PBES2-HS256+A128KW</Key><Content>A128GCM</Content></Algorithms><PasswordKey><Value ref="private.b"/></PasswordKey></GenerateJWT>';
const b = { 'private.b': { file: 'victim', readable: true } };
const ways: Readonly<Record<string, Way>> = {
  'the same variable': { variables: b, kid: 'private.b', holder },
  'a password': { variables: b, kid: 'private.b', holder: password },
  'the same file': { variables: { ...b, shown: { file: 'victim' } }, holder },
  'another file with the value': { variables: { ...b, shown: { file: 'link' } }, holder },
  'the same environment variable': { variables: { 'private.b': { env: 'VICTIM' }, shown: { env: 'VICTIM' } }, holder },
  'another environment variable': { variables: { 'private.b': { env: 'VICTIM' }, shown: { env: 'COPY' } }, holder },
  'the value itself': { variables: { ...b, shown: victim }, holder },
  'a template of it': { variables: { ...b, shown: { template: 'x{private.b}' } }, holder },
  'a template of a template': {
    variables: { ...b, inner: { template: '{private.b}' }, shown: { template: '{inner}' } },
    holder,
  },
  'a key by its file': { variables: { shown: { file: 'victim' } }, keys: { v: { file: 'victim' } } },
  'a key by its environment variable': { variables: { shown: { env: 'VICTIM' } }, keys: { v: { env: 'VICTIM' } } },
  'a key by its text': { variables: { shown: victim }, keys: { v: { text: victim } } },
  'a key by its JWK': { variables: { shown: victim }, keys: { v: { jwk } } },
  'a key by its JWK as a map': { variables: { shown: victim }, keys: { v: { jwk: JSON.parse(jwk) } } },
  'a key by its JWK set': { variables: { shown: victim }, keys: { v: { jwks: 'jwks' } } },
  'a key by its folder': { variables: { shown: victim }, keys: { v: { directory: 'folder' } } },
  'a version of a key': {
    variables: { shown: victim },
    keys: { v: { versions: [{ file: 'own' }, { file: 'victim' }] } },
  },
  'a passphrase': { variables: { shown: victim }, keys: { v: { file: 'own', passphrase: { file: 'victim' } } } },
  'a passphrase of the environment': {
    variables: { shown: victim },
    keys: { v: { file: 'own', passphrase: { env: 'COPY' } } },
  },
  'the key for pseudonyms': { variables: { shown: victim }, top: 'log: { audit: { subjectKey: { file: victim } } }' },
  'the key of an entry': {
    variables: { shown: victim },
    holder: signedBy('<SecretKey><Value ref="private.own"/></SecretKey>'),
    entry: 'key: { file: victim }',
  },
};

function errorsOf(shows: string, { variables, keys = {}, holder, entry, top = '' }: Way, isFirst: boolean): string[] {
  const policies = [
    '{ name: a, file: a }',
    ...(holder === undefined
      ? []
      : [`{ name: b, file: b, output: { header: x-b }${entry === undefined ? '' : `, ${entry}`} }`]),
  ];
  if (!isFirst) policies.reverse();
  const text = [
    `variables: ${JSON.stringify({ 'private.own': { file: 'own' }, 'private.base64': { file: 'base64' }, ...variables })}`,
    `keys: ${JSON.stringify({ own: { file: 'own' }, short: { file: 'short' }, ...keys })}`,
    `policies: [${policies.join(', ')}]`,
    `routes: [{ match: {}, policies: [${holder === undefined ? 'a' : 'a, b'}] }]`,
    top,
  ].join('\n');
  const contents = {
    ...files,
    short: 'exactly thirty-two bytes of text',
    'mintproc.yaml': text,
    a: shows,
    b: holder ?? '',
  };
  const { problems } = loadConfiguration('mintproc.yaml', { files: memoryFiles(contents), environment });
  assert.ok(!JSON.stringify(problems).includes(victim), 'a message shows the secret');
  return problems.filter(({ severity }) => severity === 'error').map(({ code, place }) => `${code} ${place.file}`);
}

test('a key that the policy of two entries shows is reported once', () => {
  const text = [
    `variables: ${JSON.stringify({ 'private.own': { file: 'own' }, shown: { file: 'victim' } })}`,
    'keys: { v: { file: victim } }',
    'policies: [{ name: a, file: a }, { name: c, file: a, output: { header: x-c } }]',
    'routes: [{ match: {}, policies: [a, c] }]',
  ].join('\n');
  const contents = { ...files, a: showing['Apigee, SecretKey']?.('shown') ?? '', 'mintproc.yaml': text };
  const { problems } = loadConfiguration('mintproc.yaml', { files: memoryFiles(contents), environment });
  assert.equal(problems.filter(({ code }) => code === 'apigee.private-variable').length, 1);
});

for (const [policy, shows] of Object.entries(showing)) {
  const code = policy.startsWith('Apigee') ? 'apigee.private-variable' : 'datapower.invalid-kid';
  test(`${policy}: each way to a key of the configuration is refused, in both orders`, () => {
    for (const [way, entry] of Object.entries(ways)) {
      for (const isFirst of [true, false]) {
        const found = errorsOf(shows(entry.kid ?? 'shown'), entry, isFirst);
        assert.deepEqual(found, [`${code} a`], `${way}, ${isFirst ? 'first' : 'last'}`);
      }
    }
  });

  test(`${policy}: a variable that no key uses may be the identifier`, () => {
    const isApigee = policy.startsWith('Apigee');
    const name = { file: 'name', readable: !isApigee };
    const way = { variables: { ...b, shown: 'key-2', 'private.kid': name, 'private.kid2': name }, holder };
    for (const kid of ['shown', 'private.kid']) {
      for (const isFirst of [true, false]) assert.deepEqual(errorsOf(shows(kid), way, isFirst), []);
    }
  });
}

test('a reload that changes only the other policy is refused', async () => {
  const b = signedBy('<SecretKey><Value ref="private.own"/></SecretKey>');
  const texts: Record<string, string> = {
    own,
    name: 'key-1 with as many bytes as a secret has',
    'mintproc.yaml':
      'variables: { private.own: { file: own }, private.b: { file: name } }\npolicies: [{ name: a, file: a }, { name: b, file: b, output: { header: x-b } }]\nroutes: [{ match: {}, policies: [a, b] }]\n',
    a: (showing['Apigee, SecretKey'] as (name: string) => string)('private.b'),
    b,
  };
  const files: FileReader = { read: (path) => memoryFiles(texts).read(path), list: () => assert.fail() };
  const reloader = new Reloader('mintproc.yaml', { ...startsOnly, files, checker: checkerHere(files) });
  const first = await reloader.start();
  assert.equal(first.kind, 'loaded');
  reloader.adopt(first.snapshot);
  texts['b'] = b.replace('private.own', 'private.b');
  const second = await reloader.attempt();
  assert.equal(second.kind, 'refused');
  assert.deepEqual(
    second.problems.filter(({ severity }) => severity === 'error').map(({ code, place }) => `${code} ${place.file}`),
    ['apigee.private-variable a'],
  );
});

test('Flex: a literal `kid` that is a key is refused', () => {
  const config = (kid: string): string =>
    JSON.stringify([
      {
        policyRef: { name: 'jwt-generation-flex' },
        config: {
          signingMethod: 'HS256',
          privateKey: own,
          customClaims: [],
          customHeaders: [{ name: 'kid', value: kid }],
        },
      },
    ]);
  for (const kid of [victim, own]) {
    assert.deepEqual(errorsOf(config(kid), { variables: b, holder }, true), ['policy.invalid-value a']);
  }
  assert.deepEqual(errorsOf(config('key-1'), { variables: b, holder }, true), []);
});

test('a literal `<Id>` that is a key is refused', () => {
  const shows = `<GenerateJWT name="a"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.own"/><Id>${victim}</Id></SecretKey></GenerateJWT>`;
  assert.deepEqual(errorsOf(shows, { variables: b, holder }, true), ['apigee.private-variable a']);
  assert.deepEqual(errorsOf(shows, { variables: {} }, true), []);
});

test('a text in place of the public key of the recipient is no `kid`, for it may be a secret', () => {
  const shows = `<GenerateJWT name="a"><Algorithms><Key>RSA-OAEP-256</Key><Content>A128GCM</Content></Algorithms><PublicKey><Value>${victim}</Value><Id ref="shown"/></PublicKey></GenerateJWT>`;
  const found = errorsOf(shows, { variables: { shown: victim } }, true);
  assert.deepEqual(found, ['keys.not-pem a', 'apigee.private-variable a']);
});

test('DataPower: a secret variable as the `kid` is called a secret', () => {
  const shows = (showing['DataPower, custom-kid-value-jws'] as (name: string) => string)('private.b');
  assert.deepEqual(errorsOf(shows, { variables: { 'private.b': { file: 'victim' } } }, true), [
    'datapower.invalid-kid a',
  ]);
});
