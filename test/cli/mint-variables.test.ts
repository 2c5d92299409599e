/**
 * @module
 * `mint` with variables of a request file: private ones in claims, keys of recipients, and JSON as it is written.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { compactDecrypt } from 'jose';
import { runCommand, writeFiles } from './captured-terminal.ts';

const secret = 'a secret of at least thirty-two bytes';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = String(publicKey.export({ type: 'spki', format: 'pem' }));
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1' }] };

const signed = (inside: string): string =>
  `<GenerateJWT name="P"><Algorithm>HS256</Algorithm><SecretKey><Value ref="private.key"/></SecretKey>${inside}<OutputVariable>request.header.x-t</OutputVariable></GenerateJWT>`;
const encrypted = (key: string): string =>
  `<GenerateJWT name="P"><Algorithms><Key>RSA-OAEP-256</Key><Content>A128GCM</Content></Algorithms><PublicKey>${key}</PublicKey><Subject>s</Subject><OutputVariable>request.header.x-t</OutputVariable></GenerateJWT>`;

const files = writeFiles({
  'private.xml': signed('<Issuer ref="private.issuer"/>'),
  'shows.xml': signed('<Issuer ref="private.key"/>'),
  'other.xml': signed('<Issuer ref="copy"/>'),
  'map.xml': signed('<AdditionalClaims><Claim name="m" ref="m" type="map"/></AdditionalClaims>'),
  'value.xml': encrypted('<Value ref="keys.public"/>'),
  'jwks.xml': encrypted('<JWKS ref="keys.set"/><Id>k1</Id>'),
  key: secret,
  'mintproc.yaml': `edition: x
variables: { private.key: { file: key }, private.issuer: { value: declared, readable: true }, keys.public: none }
policies: [{ name: readable, file: private.xml }, { name: shows, file: shows.xml }, { name: value, file: value.xml }]
routes: [{ match: {}, policies: [readable] }]
`,
});

interface Answer {
  readonly token?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string };
}

async function mint(policy: keyof typeof files, variables: string, config = false): Promise<Answer & { text: string }> {
  const { request } = writeFiles({ request: `{"variables":${variables}}` });
  const more = config ? ['--config', files['mintproc.yaml']] : [];
  const line = ['mint', '--policy', files[policy], '--request', request, '--format', 'json', '--at', '1', ...more];
  const { out } = await runCommand(line);
  return { ...JSON.parse(out), text: out };
}

const key = { 'private.key': secret };

const claims: [name: string, policy: keyof typeof files, variables: object, config: boolean, iss: string][] = [
  ['a private variable without a configuration', 'private.xml', { ...key, 'private.issuer': 'given' }, false, 'given'],
  ['a private variable that is declared as readable', 'private.xml', { 'private.issuer': 'given' }, true, 'given'],
  ['the declared value without another one', 'private.xml', {}, true, 'declared'],
];

for (const [name, policy, variables, config, iss] of claims) {
  test(`mint: ${name}`, async () => {
    assert.equal((await mint(policy, JSON.stringify(variables), config)).claims?.['iss'], iss);
  });
}

const refused: [name: string, policy: keyof typeof files, variables: object, config: boolean, code: string][] = [
  ['the variable of the key', 'shows.xml', key, false, 'apigee.failed-to-resolve-variable'],
  [
    'another variable with the key',
    'other.xml',
    { ...key, copy: `${secret}\n` },
    false,
    'apigee.failed-to-resolve-variable',
  ],
  ['the declared secret', 'shows.xml', key, true, 'apigee.private-variable'],
  ['a private variable that nothing gives', 'private.xml', key, false, 'apigee.failed-to-resolve-variable'],
];

for (const [name, policy, variables, config, code] of refused) {
  test(`mint shows no secret: ${name}`, async () => {
    const { error, text } = await mint(policy, JSON.stringify(variables), config);
    assert.equal(error?.code, code);
    assert.ok(!text.includes(secret));
  });
}

const recipients: [name: string, policy: keyof typeof files, variables: object, config: boolean][] = [
  ['a public key in PEM', 'value.xml', { 'keys.public': pem }, false],
  ['a public key in PEM instead of the declared one', 'value.xml', { 'keys.public': pem }, true],
  ['a key set as text', 'jwks.xml', { 'keys.set': JSON.stringify(jwks) }, false],
  ['a key set as an object', 'jwks.xml', { 'keys.set': jwks }, false],
];

for (const [name, policy, variables, config] of recipients) {
  test(`mint encrypts to ${name}`, async () => {
    const { token = '' } = await mint(policy, JSON.stringify(variables), config);
    const { plaintext } = await compactDecrypt(token, privateKey);
    assert.equal(JSON.parse(Buffer.from(plaintext).toString()).sub, 's');
  });
}

const json = '{"qwe":1,"234":1234567890123456789012345678901234567890,"1":{"b":0.12345678901234567890,"0":[]}}';

test('mint keeps the order and the digits of a request file, in the token and in what it prints', async () => {
  for (const m of [json, JSON.stringify(json)]) {
    const { text, token = '' } = await mint('map.xml', `{"private.key":"${secret}","m":${m}}`);
    assert.ok(text.includes(`"claims":{"m":${json},"iat":1}`), text);
    assert.equal(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(), `{"m":${json},"iat":1}`);
  }
});
