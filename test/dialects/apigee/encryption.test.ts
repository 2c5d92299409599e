/**
 * @module
 * Encrypted tokens of Apigee policies, decrypted by jwcrypto.
 */
import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import type { JsonObject } from '../../../src/diagnostics/json.ts';
import { contentEncryptions } from '../../../src/jose/content-encryption.ts';
import { decryptWithJwcrypto, makeCertificates } from '../../e2e/harness/python-tools.ts';
import { rowNamed } from '../../jose/algorithm-rows.ts';
import { outcomeOf } from './conformance-case.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const jwkOf = (key: KeyObject): Record<string, unknown> => ({ ...key.export({ format: 'jwk' }) });
const secretOf = (size: number): KeyObject => createSecretKey(Buffer.alloc(size, size));

interface Example {
  readonly alg: string;
  readonly enc: string;
  /** The key element. */
  readonly element: string;
  readonly variables?: JsonObject;
  readonly files?: Readonly<Record<string, string>>;
  readonly entry?: JsonObject;
  readonly own: KeyObject;
  /** Other elements. */
  readonly more?: string;
  /** The names of the header's members, in order. */
  readonly header?: string;
}

const misspelt: readonly (readonly [key: string, suggestion: RegExp])[] = [
  ['RSA-OEAP-256', /^Did you mean `RSA-OAEP-256`\?$/],
  ['unknown', /^Write one of dir, RSA-OAEP-256, A128KW, .*\.$/],
];

for (const [key, suggestion] of misspelt) {
  test(`what to write instead of the algorithm ${key}`, () => {
    const policy = `<GenerateJWT name="P"><Algorithms><Key>${key}</Key><Content>A128GCM</Content></Algorithms></GenerateJWT>`;
    const [problem] = outcomeOf({ name: key, policy }).all;
    assert.match(problem?.suggestion ?? '', suggestion);
  });
}

const contents = [...contentEncryptions.keys()];

const byPublicKey: readonly Example[] = contents.flatMap((enc) => [
  {
    alg: 'RSA-OAEP-256',
    enc,
    element: `<PublicKey><Value>${pem(rsa.publicKey)}</Value></PublicKey>`,
    own: rsa.privateKey,
  },
  ...['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'].map((alg) => ({
    alg,
    enc,
    element: '<PublicKey><Value ref="backend.key"/></PublicKey>',
    variables: { 'backend.key': pem(ec.publicKey) },
    own: ec.privateKey,
  })),
]);

const secretSizes: readonly (readonly [alg: string, size: number])[] = [
  ['A128KW', 16],
  ['A192KW', 24],
  ['A256KW', 32],
  ['A128GCMKW', 16],
  ['A192GCMKW', 24],
  ['A256GCMKW', 32],
];

const bySecret: readonly Example[] = contents.flatMap((enc) =>
  secretSizes.map(([alg, size]) => ({
    alg,
    enc,
    element: '<SecretKey encoding="base16"><Value ref="private.wrap"/><Id>the-key</Id></SecretKey>',
    variables: { 'private.wrap': { file: 'wrap.hex' } },
    files: { 'wrap.hex': `${secretOf(size).export().toString('hex')}\n` },
    own: secretOf(size),
  })),
);

const byOthers: readonly Example[] = contents.flatMap((enc) => {
  const direct = secretOf(rowNamed(contentEncryptions, enc).keyBytes);
  return [
    {
      alg: 'dir',
      enc,
      element: '<DirectKey><Value ref="private.direct"/></DirectKey>',
      variables: { 'private.direct': { file: 'direct.key' } },
      files: { 'direct.key': direct.export().toString('base64') },
      own: direct,
    },
    ...['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW'].map((alg) => ({
      alg,
      enc,
      element:
        '<PasswordKey><Value ref="private.word"/><SaltLength>16</SaltLength><PBKDF2Iterations>1000</PBKDF2Iterations></PasswordKey>',
      variables: { 'private.word': { file: 'word' } },
      files: { word: 'a password of some length' },
      own: createSecretKey('a password of some length', 'utf8'),
    })),
  ];
});

const set = JSON.stringify({
  keys: [
    { ...jwkOf(rsa.publicKey), kid: 'a' },
    { ...jwkOf(ec.publicKey), kid: 'b', use: 'enc' },
  ],
});

const forms: readonly Example[] = [
  {
    alg: 'ECDH-ES',
    enc: 'A128GCM',
    element: `<PublicKey><JWKS>${set}</JWKS><Id>b</Id></PublicKey>`,
    own: ec.privateKey,
    header: 'alg typ kid enc epk',
  },
  {
    alg: 'ECDH-ES',
    enc: 'A128GCM',
    element: '<PublicKey><JWKS ref="set"/><Id ref="which">x</Id></PublicKey>',
    variables: { set, which: 'b' },
    own: ec.privateKey,
  },
  {
    alg: 'ECDH-ES',
    enc: 'A128GCM',
    element: '<PublicKey><JWKS uri="https://example.com/jwks"/><Id>b</Id></PublicKey>',
    entry: { recipient: { file: 'backend.pem' } },
    files: { 'backend.pem': pem(ec.publicKey) },
    own: ec.privateKey,
  },
  {
    alg: 'RSA-OAEP-256',
    enc: 'A128GCM',
    element: '<PublicKey><Value ref="unset">\n'.concat(
      pem(rsa.publicKey).replace(/^/gm, '    '),
      '</Value></PublicKey>',
    ),
    own: rsa.privateKey,
  },
  {
    alg: 'A128KW',
    enc: 'A128GCM',
    element: '<SecretKey><Value ref="private.plain"/></SecretKey>',
    variables: { 'private.plain': { file: 'plain' } },
    files: { plain: '{sixteen bytes}!' },
    own: createSecretKey('{sixteen bytes}!', 'utf8'),
    more: '<Compress>true</Compress><AdditionalHeaders><Claim name="x-a">1</Claim></AdditionalHeaders>',
    header: 'alg typ enc zip x-a',
  },
];

function mint({ alg, enc, element, variables = {}, files = {}, entry = {}, more = '' }: Example): string {
  const policy = `<GenerateJWT name="P"><Type>Encrypted</Type><Algorithms><Key>${alg}</Key><Content>${enc}</Content></Algorithms>${element}<Subject>müller</Subject>${more}</GenerateJWT>`;
  const { problems, decision } = outcomeOf({ name: alg, policy, variables, entry }, files);
  assert.deepEqual(
    problems.filter((problem) => problem.startsWith('error')),
    [],
  );
  assert.equal(decision?.kind, 'forward', JSON.stringify(decision));
  const [[, value] = ['', '']] = decision.set;
  return value.slice(value.lastIndexOf(' ') + 1);
}

const all = [...byPublicKey, ...bySecret, ...byOthers, ...forms];

test('every key management, content encryption and form of key', async () => {
  const tokens = all.map((example) => ({ token: mint(example), key: jwkOf(example.own) }));
  const opened = await decryptWithJwcrypto(tokens);
  for (const [index, { alg, enc, header: names }] of all.entries()) {
    const header = opened[index]?.header ?? {};
    assert.deepEqual(JSON.parse(opened[index]?.content ?? ''), { sub: 'müller', iat: 1_700_000_000 }, `${alg} ${enc}`);
    assert.deepEqual([header['alg'], header['enc'], header['typ']], [alg, enc, 'JWT']);
    if (names !== undefined) assert.deepEqual(new Set(Object.keys(header)), new Set(names.split(' ')));
  }
});

test('a certificate', async () => {
  const { caller } = await makeCertificates({ name: 'backend', dns: 'backend', uri: 'urn:backend' });
  const certificate = mint({
    alg: 'ECDH-ES+A256KW',
    enc: 'A256GCM',
    element: `<PublicKey><Certificate>${caller.cert}</Certificate></PublicKey>`,
    own: ec.privateKey,
  });
  assert.equal(certificate.split('.').length, 5);
});

const iterations: readonly [text: string, isAllowed: boolean][] = [
  ['999', false],
  ['1000', true],
  ['100000', true],
  ['100001', false],
  ['1000000', false],
];

for (const [text, isAllowed] of iterations) {
  test(`${text} iterations of PBKDF2 are ${isAllowed ? 'allowed' : 'refused'}`, () => {
    const element = `<PasswordKey><Value ref="private.word"/><PBKDF2Iterations>${text}</PBKDF2Iterations></PasswordKey>`;
    const { all: problems } = outcomeOf({
      name: text,
      policy: `<GenerateJWT name="P"><Algorithms><Key>PBES2-HS256+A128KW</Key><Content>A128GCM</Content></Algorithms>${element}</GenerateJWT>`,
    });
    const refused = problems.some(({ code }) => code === 'apigee.invalid-value-for-element');
    assert.equal(refused, !isAllowed, JSON.stringify(problems));
  });
}
