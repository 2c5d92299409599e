/**
 * @module
 * Recipient keys of `mintproc.yaml`: every form that a signing key has, and refused ones.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { before, test } from 'node:test';
import { compactDecrypt } from 'jose';
import type { Loaded } from '../../src/configuration/load.ts';
import { MintError } from '../../src/diagnostics/mint-error.ts';
import { atOnce } from '../at-once.ts';
import { makeCertificates } from '../e2e/harness/python-tools.ts';
import { scopeWith } from '../mint/scope.ts';
import { pem, start } from './key-world.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles, withoutNotes } from './memory-files.ts';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [one, two, signing] = [pair(), pair(), pair()];
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spki = ({ publicKey }: { publicKey: KeyObject }): string =>
  String(publicKey.export({ type: 'spki', format: 'pem' }));
const jwk = (key: KeyObject, more: object): object => ({ ...key.export({ format: 'jwk' }), ...more });
const set = (...keys: object[]): string => JSON.stringify({ keys });
const secret = 'thirty-two bytes of secret, no more.'.slice(0, 32);
const day = 24 * 3_600_000;
const dated = (days: number): string => new Date(start + days * day).toISOString();

function policy(alg = 'ECDH-ES+A128KW', element = '<PublicKey><Value ref="backend"/></PublicKey>'): string {
  return `<GenerateJWT name="R"><Type>Encrypted</Type><Algorithms><Key>${alg}</Key><Content>A128GCM</Content></Algorithms>${element}<Subject>x</Subject><OutputVariable>o</OutputVariable></GenerateJWT>`;
}

const bySecret = policy('A256KW', '<SecretKey><Value ref="private.wrap"/></SecretKey>');

const files: Readonly<Record<string, string>> = {
  'one.pem': spki(one),
  'two.pem': spki(two),
  'private.pem': pem(one.privateKey),
  'rsa.pem': spki(rsa),
  'one.jwk': JSON.stringify(jwk(one.publicKey, { kid: 'one' })),
  'd/1.pem': spki(one),
  'd/2.pem': spki(two),
  'provider.json': set(
    jwk(signing.publicKey, { kid: 'sig', use: 'sig' }),
    jwk(rsa.publicKey, { kid: 'rsa', use: 'enc' }),
    jwk(two.publicKey, { kid: 'other' }),
    jwk(one.publicKey, { kid: 'enc', use: 'enc' }),
  ),
  'plain.json': set(jwk(rsa.publicKey, { kid: 'rsa' }), jwk(one.publicKey, { kid: 'one' })),
  'several.json': set(jwk(one.publicKey, { kid: 'one' }), jwk(two.publicKey, { kid: 'two' })),
  'both.json': set(jwk(one.publicKey, { use: 'enc' }), jwk(two.publicKey, { use: 'enc' })),
  'private.json': set(jwk(one.privateKey, { kid: 'one' })),
  'signing.json': set(jwk(signing.publicKey, { use: 'sig' })),
  'secret.key': secret,
};

interface Example {
  readonly recipient: unknown;
  readonly keys?: object;
  readonly text?: string;
}

let certificate = '';
before(async () => {
  certificate = (await makeCertificates({ name: 'backend', dns: 'backend', uri: 'urn:backend' })).caller.cert;
});

function configurationOf({ recipient, keys = {} }: Example): string {
  const policies = [{ name: 'p', file: 'p.xml', recipient, output: { header: 'x-token' } }];
  return JSON.stringify({ policies, routes: [{ match: {}, policies: ['p'] }], keys });
}

function load(example: Example): Loaded {
  const { text = policy() } = example;
  return loadConfiguration('mintproc.yaml', {
    files: memoryFiles({ ...files, 'cert.pem': certificate, 'p.xml': text, 'mintproc.yaml': configurationOf(example) }),
    environment: { RECIPIENT: spki(one).replaceAll('\n', '\\n'), WRAP: secret },
    now: () => start,
  });
}

function mint({ snapshot, problems }: Loaded, at = 0): string {
  assert.ok(snapshot, problems.map(({ code, message }) => `${code} ${message}`).join('\n'));
  const found = snapshot.policies.get('p');
  assert.ok(found);
  const { attributes, authentication, request, variables, randomId } = scopeWith();
  const now = start + at;
  return atOnce(
    found.minter.mint({
      attributes,
      authentication,
      request,
      variables,
      randomId,
      now,
      published: [],
      memo: new Map(),
    }),
  );
}

const isFor = (token: string, key: KeyObject): Promise<boolean> =>
  compactDecrypt(token, key).then(
    () => true,
    () => false,
  );

const accepted: readonly [name: string, example: Example][] = [
  ['a file', { recipient: { file: 'one.pem' } }],
  ['a name', { recipient: 'backend', keys: { backend: { file: 'one.pem' } } }],
  ['the environment', { recipient: { env: 'RECIPIENT' } }],
  ['text', { recipient: { text: spki(one) } }],
  ['a JWK', { recipient: { jwk: jwk(one.publicKey, { use: 'enc' }) } }],
  ['a file with a JWK', { recipient: { file: 'one.jwk' } }],
  ['a set and a kid', { recipient: { jwks: 'several.json', kid: 'one' } }],
  ['the key of a set that is for encryption and fits', { recipient: { jwks: 'provider.json' } }],
  ['the key of a set that fits, without any `use`', { recipient: { jwks: 'plain.json' } }],
  ['a set under a name', { recipient: 'backend', keys: { backend: { jwks: 'provider.json' } } }],
  ['the last key of a folder', { recipient: { directory: 'd' } }],
];

for (const [name, example] of accepted) {
  test(`accepted: ${name}`, async () => {
    const loaded = load(example);
    assert.deepEqual(withoutNotes(loaded.problems), []);
    const reader = name.endsWith('folder') ? two : one;
    assert.equal(await isFor(mint(loaded), reader.privateKey), true);
  });
}

test('accepted: a secret from the environment', async () => {
  const loaded = load({ recipient: { env: 'WRAP' }, text: bySecret });
  assert.deepEqual(withoutNotes(loaded.problems), []);
  const { plaintext } = await compactDecrypt(mint(loaded), Buffer.from(secret));
  assert.equal(JSON.parse(Buffer.from(plaintext).toString()).sub, 'x');
});

const refused: readonly [name: string, example: Example, code: string, place: string][] = [
  ['a name that nothing has', { recipient: 'backend' }, 'keys.unknown-name', '"backend"'],
  ['two places', { recipient: { file: 'one.pem', env: 'RECIPIENT' } }, 'config.invalid-value', '{"file"'],
  ['a generated key', { recipient: { generate: 'ES256' } }, 'keys.generated-recipient', '"ES256"'],
  [
    'a generated key by its name',
    { recipient: 'k', keys: { k: { generate: 'ES256' } } },
    'keys.generated-recipient',
    '"ES256"',
  ],
  ['a private key', { recipient: { file: 'private.pem' } }, 'jose.private-recipient', '"private.pem"'],
  [
    'a private key under a name',
    { recipient: 'k', keys: { k: { file: 'private.pem' } } },
    'jose.private-recipient',
    '"private.pem"',
  ],
  ['a private key of a set', { recipient: { jwks: 'private.json' } }, 'jose.private-recipient', '"private.json"'],
  ['PKCS#12', { recipient: { pkcs12: 'one.p12' } }, 'jose.private-recipient', '"one.p12"'],
  ['a set with several that fit', { recipient: { jwks: 'several.json' } }, 'jose.no-matching-key', '"several.json"'],
  ['a set with several for encryption', { recipient: { jwks: 'both.json' } }, 'jose.no-matching-key', '"both.json"'],
  ['a set of signing keys', { recipient: { jwks: 'signing.json' } }, 'jose.no-matching-key', '"signing.json"'],
  ['the signing key of a set', { recipient: { jwks: 'provider.json', kid: 'sig' } }, 'jose.wrong-key-use', '"provider'],
  ['a key of another kind', { recipient: { file: 'rsa.pem' } }, 'jose.wrong-key-type', '"rsa.pem"'],
  [
    'the certificate of another key',
    { recipient: { file: 'one.pem', certificate: 'cert.pem' } },
    'keys.wrong-certificate',
    '"one.pem"',
  ],
  ['a missing file', { recipient: { file: 'x.pem' } }, 'config.unreadable-file', '"x.pem"'],
  ['a missing variable', { recipient: { env: 'X' } }, 'keys.no-variable', '"X"'],
  ['a key that has retired', { recipient: { file: 'one.pem', retireAfter: dated(-1) } }, 'keys.none-active', '{"file"'],
  [
    'a key that is revoked',
    { recipient: 'k', keys: { k: { file: 'one.jwk', revoked: ['one'] } } },
    'keys.none-active',
    '{"file"',
  ],
];

for (const [name, example, code, at] of refused) {
  test(`refused: ${name}`, () => {
    const { snapshot, problems } = load(example);
    assert.equal(snapshot, undefined);
    const errors = problems.filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      errors.map((problem) => problem.code),
      [code],
    );
    const column = errors[0]?.place.column ?? 0;
    if (code === 'jose.no-matching-key') {
      assert.match(errors[0]?.message ?? '', name.includes('several') ? /has several keys/ : /has no key/);
    }
    assert.equal(configurationOf(example).slice(column - 1, column - 1 + at.length), at);
  });
}

test('of several the newest that is active is encrypted to, at every moment', async () => {
  const keys = {
    k: {
      versions: [
        { file: 'one.pem', retireAfter: dated(20) },
        { file: 'two.pem', activeFrom: dated(10), retireAfter: dated(30) },
      ],
    },
  };
  const loaded = load({ recipient: 'k', keys });
  assert.deepEqual(withoutNotes(loaded.problems), []);
  assert.equal(await isFor(mint(loaded), one.privateKey), true);
  assert.equal(await isFor(mint(loaded, 10 * day - 1), one.privateKey), true);
  assert.equal(await isFor(mint(loaded, 10 * day), two.privateKey), true);
  assert.equal(await isFor(mint(loaded, 30 * day - 1), two.privateKey), true);
  assert.throws(
    () => mint(loaded, 30 * day),
    (error) => error instanceof MintError && error.code === 'keys.none-active',
  );
});
