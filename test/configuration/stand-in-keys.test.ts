/**
 * @module
 * Keys that are made for one run in place of absent ones: for each source, absent or broken.
 */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import type { FileReader } from '../../src/configuration/files.ts';
import { type AbsentKey, type StandIn, StandInKeys, standInText } from '../../src/configuration/keys/stand-in-keys.ts';
import { loadSinglePolicy } from '../../src/configuration/single-policy.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter, type Encrypt } from '../../src/jose/encrypt.ts';
import { checkRecipientKey, keyManagements } from '../../src/jose/key-management.ts';
import { thumbprintOf } from '../../src/jose/key-types.ts';
import { openToken } from '../../src/jose/open-token.ts';
import { checkSigningKey, signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { readToken } from '../../src/jose/token-parts.ts';
import { verifySignature } from '../../src/jose/verify-signature.ts';
import { ec, mint, one, pem, policy } from './key-world.ts';
import { loadConfiguration } from './loading.ts';
import { memoryFiles } from './memory-files.ts';

const apigee = `<GenerateJWT name="a"><Algorithm>ES256</Algorithm><PrivateKey>
<Value ref="private.key"/><Password ref="private.password"/></PrivateKey><Subject>x</Subject></GenerateJWT>`;
const apigeeSecret = `<GenerateJWT name="a"><Algorithm>HS256</Algorithm><SecretKey encoding="base64">
<Value ref="private.secret"/></SecretKey><Subject ref="private.claim"/></GenerateJWT>`;
const datapower = `- jwt-generate: { version: 2.0.0, iss-claim: iss.claim, jws-alg: RS256, jws-crypto: "signer" }`;
const byJwk = `- jwt-generate: { version: 2.0.0, iss-claim: iss.claim, jws-alg: RS256, jws-jwk: signer.jwk }`;
const flexByName = JSON.stringify([
  {
    policyRef: { name: 'jwt-generation-flex' },
    config: {
      signingMethod: 'HS256',
      privateKey: { secretRef: 'signer' },
      customClaims: [{ name: 'sub', value: 'x' }],
    },
  },
]);
const issuer = { 'iss.claim': 'https://issuer.example' };
const rsaPem = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

interface World {
  readonly policy?: string;
  readonly entry?: object;
  readonly top?: object;
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Why the file `x` cannot be read. */
  readonly unreadable?: string;
}

function load({ policy: text = policy(), entry = {}, top = {}, files = {}, environment = {}, unreadable }: World) {
  const standInKeys = new StandInKeys();
  const configuration = {
    policies: [{ name: 'p', file: 'p', ...entry }],
    routes: [{ match: {}, policies: ['p'] }],
    ...top,
  };
  const texts: Record<string, string> = { p: text, 'mintproc.yaml': JSON.stringify(configuration), ...files };
  const inMemory = memoryFiles({ 'd/.keep': '', ...texts });
  const read: FileReader['read'] = (path) =>
    path === 'x' && unreadable !== undefined ? { kind: 'failed', reason: unreadable } : inMemory.read(path);
  const loading = { files: { ...inMemory, read }, environment, standInKeys };
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', loading);
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  return { snapshot, errors, standInKeys, texts };
}

/** For each source: what is absent, and the text at the place that is reported. */
const absent: readonly [name: string, world: World, place: string][] = [
  ['a file', { entry: { key: { file: 'x.pem' } } }, '"x.pem"'],
  ['a file in a folder that is absent', { entry: { key: { file: 'secrets/x.pem' } } }, '"secrets/x.pem"'],
  ['an environment variable', { entry: { key: { env: 'KEY' } } }, '"KEY"'],
  ['a JWK set', { entry: { key: { jwks: 'x.json', kid: 'a' } } }, '"x.json"'],
  ['a PKCS#12 file', { entry: { key: { pkcs12: 'x.p12' } } }, '"x.p12"'],
  ['a folder', { entry: { key: { directory: 'keys' } } }, '"keys"'],
  ['the keys of a folder', { entry: { key: { directory: 'd' } } }, '"d"'],
  ['a named key', { entry: { key: 'k' }, top: { keys: { k: { file: 'x.pem' } } } }, '"x.pem"'],
  ['a version', { entry: { key: 'k' }, top: { keys: { k: { versions: [{ file: 'x.pem' }] } } } }, '"x.pem"'],
  ['a file and its passphrase', { entry: { key: { file: 'x', passphrase: { file: 'y' } } } }, '"x"'],
  ['a file, its passphrase in the environment', { entry: { key: { file: 'x', passphrase: { env: 'Y' } } } }, '"x"'],
  ['a file and its certificate', { entry: { key: { file: 'x', certificate: 'y' } } }, '"x"'],
  ['a variable of Apigee without a declaration', { policy: apigee }, 'private.'],
  [
    'a variable of Apigee in a file',
    { policy: apigee, top: { variables: { 'private.key': { file: 'x' }, 'private.password': { env: 'Y' } } } },
    'private.',
  ],
  [
    'a variable of Apigee in an entry',
    { policy: apigee, entry: { variables: { 'private.key': { env: 'X' } } } },
    'private.',
  ],
  [
    'a declared key instead of a variable of Apigee',
    { policy: apigee, entry: { key: { file: 'x' } }, top: { variables: { 'private.key': { file: 'x' } } } },
    '"x"',
  ],
  [
    'a secret of Apigee',
    { policy: apigeeSecret, top: { variables: { 'private.claim': { value: 'x', readable: true } } } },
    'private.',
  ],
  ['a crypto object of API Connect', { policy: datapower, top: { variables: issuer } }, 'signer'],
  ['a JWK in a variable of API Connect', { policy: byJwk, top: { variables: issuer } }, 'signer.jwk'],
  ['a secret of Flex Gateway', { policy: flexByName }, 'signer'],
  ['a policy without a key', {}, '{'],
];

for (const [name, world, place] of absent) {
  test(`made: ${name}`, () => {
    const { snapshot, errors, standInKeys, texts } = load(world);
    assert.deepEqual(errors, []);
    assert.ok(snapshot);
    assert.match(mint(snapshot, 0), /^[\w-]+\.[\w-]+\.[\w-]+$/);
    const [made, second] = standInKeys.made;
    assert.ok(made !== undefined && second === undefined);
    const { file, line, column } = made.place;
    const written = texts[file]?.split('\n')[line - 1]?.slice(column - 1);
    assert.equal(written?.slice(0, place.length), place);
  });
}

const broken: readonly [name: string, world: World, errors: readonly string[]][] = [
  ['a cut-off file', { entry: { key: { file: 'x' } }, files: { x: one.slice(0, 80) } }, ['keys.cut-off']],
  [
    'a file that may not be read',
    { entry: { key: { file: 'x' } }, unreadable: 'may not be read by this process' },
    ['config.unreadable-file'],
  ],
  [
    'a path through a file',
    { entry: { key: { file: 'x' } }, unreadable: 'does not exist: a part of its path is not a folder' },
    ['config.unreadable-file'],
  ],
  [
    'a passphrase that may not be read',
    { entry: { key: { file: 'y', passphrase: { file: 'x' } } }, unreadable: 'is a folder' },
    ['config.unreadable-file'],
  ],
  [
    'a variable that may not be read',
    { policy: apigee, top: { variables: { 'private.key': { file: 'x' } } }, unreadable: 'is a folder' },
    ['variables.unreadable'],
  ],
  ['an empty variable', { entry: { key: { env: 'X' } }, environment: { X: '' } }, ['keys.not-pem']],
  ['a key of another type', { entry: { key: { file: 'x' } }, files: { x: rsaPem } }, ['jose.wrong-key-type']],
  [
    'a set without the key',
    { entry: { key: { jwks: 'x', kid: 'a' } }, files: { x: '{"keys":[]}' } },
    ['jose.no-matching-key'],
  ],
  ['a folder with a broken key', { entry: { key: { directory: 'e' } }, files: { 'e/1': 'x' } }, ['keys.not-pem']],
  [
    'a key without its passphrase',
    { entry: { key: { file: 'x', passphrase: { file: 'y' } } }, files: { x: one } },
    ['config.unreadable-file'],
  ],
  [
    'an absent key with a broken certificate',
    { entry: { key: { file: 'x', certificate: 'y' } }, files: { y: 'y' } },
    ['keys.wrong-certificate', 'config.unreadable-file'],
  ],
  [
    'a key whose certificate is absent',
    { entry: { key: { file: 'x', certificate: 'y' } }, files: { x: one } },
    ['config.unreadable-file'],
  ],
  [
    'a version that is broken',
    { entry: { key: 'k' }, top: { keys: { k: { versions: [{ file: 'x' }, { file: 'y' }] } } }, files: { y: 'y' } },
    ['keys.not-pem'],
  ],
  ['a misspelt name', { entry: { key: 'kk' }, top: { keys: { k: { file: 'x' } } } }, ['keys.unknown-name']],
  [
    'a private key of Apigee that is broken',
    { policy: apigee, top: { variables: { 'private.key': { file: 'x' } } }, files: { x: 'x' } },
    ['keys.not-pem'],
  ],
  [
    'a variable that is no key',
    { policy: apigee, top: { variables: { other: { file: 'x' } } } },
    ['variables.unreadable'],
  ],
  [
    'a secret variable that no policy uses as a key',
    { policy: apigee, top: { variables: { 'private.other': { file: 'x' } } } },
    ['variables.unreadable'],
  ],
  [
    'a key that may be shown',
    { policy: apigee, top: { variables: { 'private.key': { file: 'x', readable: true } } } },
    ['variables.unreadable'],
  ],
  [
    'a key that is written as a value',
    { policy: apigee, top: { variables: { 'private.key': 'x' } } },
    ['variables.private'],
  ],
  [
    'a short secret',
    {
      policy: apigeeSecret,
      top: { variables: { 'private.claim': { value: 'x', readable: true }, 'private.secret': { env: 'X' } } },
      environment: { X: 'YWJj' },
    },
    ['jose.short-secret'],
  ],
  [
    'a policy that cannot be read, whose key is absent',
    { policy: apigee.slice(0, -5), top: { variables: { 'private.key': { file: 'x' } } } },
    ['policy.syntax'],
  ],
  [
    'an error in a policy whose key is absent',
    { policy: apigee.replace('ES256', 'XS256'), top: { variables: { 'private.key': { env: 'X' } } } },
    ['apigee.invalid-jwt-algorithm'],
  ],
  ['a placeholder', { policy: policy().replace('"iat"', '"privateKey":"<your key>","iat"') }, ['keys.placeholder']],
];

for (const [name, world, expected] of broken) {
  test(`an error: ${name}`, () => {
    const { snapshot, errors } = load(world);
    assert.deepEqual(errors.sort(), [...expected].sort());
    assert.equal(snapshot, undefined);
  });
}

for (const [name, algorithm] of signatureAlgorithms) {
  test(`a stand-in key signs with ${name}, and the verifier accepts it`, async () => {
    const key = new StandInKeys().make(absentKey({ algorithm: name, generate: algorithm.generateKey })).key;
    assert.deepEqual(checkSigningKey(algorithm, key), []);
    const input = `${encoded({ alg: name })}.${encoded({ sub: 'x' })}`;
    const token = readToken(`${input}.${algorithm.createSigner(key)(input)}`);
    assert.ok(token.ok && token.token.kind === 'signed');
    const verifier = algorithm.keyKind === 'secret' ? key : createPublicKey(key);
    assert.equal(await verifySignature(token.token, algorithm, verifier), 'right');
  });
}

for (const [name, management] of keyManagements) {
  for (const content of contentEncryptions.values()) {
    test(`a stand-in key opens what is encrypted to it with ${name} and ${content.name}`, async () => {
      const standIns = new StandInKeys();
      const generate = () => management.generateKey(content);
      const { key } = standIns.make(absentKey({ role: 'recipient', algorithm: name, generate }));
      const errors = checkRecipientKey(management, content, key).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
      const header = { alg: name, enc: content.name };
      const withParameters: EncodeHeader = (more) => encoded({ ...header, ...Object.fromEntries(more) });
      const token = readToken(createEncrypter({ management, content, key })(withParameters, '{"sub":"x"}'));
      const [made] = standIns.made;
      assert.ok(made && token.ok && token.token.kind === 'encrypted');
      const opening = await openToken(token.token, made.key);
      assert.ok(opening.ok);
      assert.equal(String(opening.content), '{"sub":"x"}');
    });
  }
}

type EncodeHeader = Parameters<Encrypt>[0];

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function absentKey(more: Pick<AbsentKey, 'algorithm' | 'generate'> & Partial<AbsentKey>): AbsentKey {
  return { source: 'a', role: 'key', place: { file: 'f', line: 1, column: 1 }, hasCertificate: false, ...more };
}

/** A token of Apigee. */
function apigeePolicy(algorithms: string, keys: string, type: string): string {
  return `<GenerateJWT name="a"><Type>${type}</Type><Algorithms>${algorithms}</Algorithms>${keys}<Subject>x</Subject></GenerateJWT>`;
}

test('a token that is encrypted to a stand-in key is opened by its private half', async () => {
  const encryption = '<Key>RSA-OAEP-256</Key><Content>A256GCM</Content>';
  const text = apigeePolicy(encryption, '<PublicKey><Value ref="backend"/></PublicKey>', 'Encrypted');
  const { snapshot, standInKeys } = load({ policy: text });
  const token = readToken(mint(snapshot as Snapshot, 0));
  const [made] = standInKeys.made;
  assert.ok(made && token.ok && token.token.kind === 'encrypted');
  assert.deepEqual([made.role, made.algorithm], ['recipient', 'RSA-OAEP-256 with A256GCM']);
  const opening = await openToken(token.token, made.key);
  assert.ok(opening.ok);
  assert.equal(JSON.parse(String(opening.content)).sub, 'x');
});

test('the kid that the configuration names is that of the stand-in key', () => {
  const key = { file: 'x', kid: 'key-1' };
  const { snapshot } = load({ entry: { key } });
  assert.equal(decodeProtectedHeader(mint(snapshot as Snapshot, 0)).kid, 'key-1');
});

test('without a kid, the token of a named key has the thumbprint of its stand-in key', () => {
  const { snapshot, standInKeys } = load({ entry: { key: 'k' }, top: { keys: { k: { file: 'x' } } } });
  const thumbprint = thumbprintOf((standInKeys.made[0] as StandIn).key);
  assert.ok(thumbprint);
  assert.equal(decodeProtectedHeader(mint(snapshot as Snapshot, 0)).kid, thumbprint);
});

const twoPolicies = (one: object, two: object): World => ({
  entry: { key: one },
  top: {
    jwks: { listen: '127.0.0.1:0' },
    policies: [
      { name: 'p', file: 'p', key: one },
      { name: 'q', file: 'p', key: two },
    ],
    routes: [
      { match: {}, policies: ['p'] },
      { match: { path: '/q' }, policies: ['q'] },
    ],
  },
});

test('two policies that read one absent file share its stand-in key', () => {
  const { standInKeys, errors } = load(twoPolicies({ file: 'x' }, { file: 'x' }));
  assert.deepEqual(errors, []);
  assert.equal(standInKeys.made.length, 1);
});

test('two stand-in keys may have one kid: the keys in whose place they are may be one key', () => {
  const { standInKeys, errors } = load(twoPolicies({ file: 'x', kid: 'a' }, { env: 'X', kid: 'a' }));
  assert.deepEqual(errors, []);
  assert.equal(standInKeys.made.length, 2);
});

test('two keys that are there may still not have one kid', () => {
  const world = twoPolicies({ file: 'y', kid: 'a' }, { file: 'z', kid: 'a' });
  assert.deepEqual(load({ ...world, files: { y: ec(), z: ec() } }).errors, ['keys.same-kid']);
});

test('the key of the audit is made too', () => {
  const log = { audit: { subjectKey: { file: 'subject.key' } } };
  const { snapshot, standInKeys, errors } = load({ top: { log } });
  assert.deepEqual(errors, []);
  assert.ok(snapshot?.audit?.pseudonym?.('alice'));
  assert.deepEqual(
    standInKeys.made.map(({ role, place, hasCertificate }) => [role, place.file, hasCertificate]),
    [
      ['audit', 'mintproc.yaml', false],
      ['key', 'p', false],
    ],
  );
});

test('what was made is said with the place of the key and what it lacks, and without its name', () => {
  const { standInKeys } = load({ entry: { key: { file: 'secret-name', certificate: 'c' } } });
  assert.deepEqual(standInKeys.made.map(standInText), [
    'A key to sign with (ES256) was made for this run: the one of mintproc.yaml:1:51 is not at hand. It has no certificate, so the JWKS has neither `x5c` nor `x5t#S256`.',
  ]);
});

test('without the option, an absent key is an error', () => {
  const files = memoryFiles({
    p: policy(),
    'mintproc.yaml': JSON.stringify({
      policies: [{ name: 'p', file: 'p', key: { file: 'x' } }],
      routes: [{ match: {}, policies: ['p'] }],
    }),
  });
  const { snapshot, problems } = loadConfiguration('mintproc.yaml', { files });
  assert.equal(snapshot, undefined);
  assert.ok(problems.some(({ code }) => code === 'config.unreadable-file'));
});

test('an entry without a configuration gets its key too', () => {
  const standInKeys = new StandInKeys();
  const entry = { variables: { 'private.key': { file: 'x' } } };
  const single = { file: 'p', entry, config: undefined, standInKeys };
  const { policy: loaded, problems } = loadSinglePolicy(single, memoryFiles({ p: apigee }));
  assert.ok(loaded, problems.map(({ message }) => message).join());
  assert.equal(standInKeys.made.length, 1);
});
