import assert from 'node:assert/strict';
import { createPublicKey, createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { contentEncryptions } from '../../src/jose/content-encryption.ts';
import { createEncrypter } from '../../src/jose/encrypt.ts';
import { keyManagements } from '../../src/jose/key-management.ts';
import { signatureAlgorithms } from '../../src/jose/signature-algorithms.ts';
import { checkClaims } from '../../src/verification/claim-checks.ts';
import { maxIterationsTogether } from '../../src/verification/opened-token.ts';
import { span, timeText } from '../../src/verification/time-text.ts';
import { type Verification, verifyToken } from '../../src/verification/verify-token.ts';
import type { VerifyingKey } from '../../src/verification/verifying-key.ts';
import { rowNamed } from '../jose/algorithm-rows.ts';

const now = 1_700_000_000;
const es256 = rowNamed(signatureAlgorithms, 'ES256');
const [own, other] = [es256.generateKey(), es256.generateKey()];

function given(key: KeyObject, rest: Partial<VerifyingKey> = {}): VerifyingKey {
  const plain = { kid: undefined, use: undefined, operations: undefined, algorithms: undefined, from: 'a.pem' };
  return { ...plain, key, ...rest };
}

function signed(header: object, claims: unknown, key = own, algorithm = es256): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const input = parts.join('.');
  return `${input}.${algorithm.createSigner(key)(input)}`;
}

function verify(token: string, verification: Partial<Verification> = {}) {
  const keys = [given(own)];
  return verifyToken(token, { keys, issuers: [], audiences: [], at: now * 1000, leeway: 0, ...verification });
}

for (const algorithm of signatureAlgorithms.values()) {
  test(`${algorithm.name} is verified by the public half, the private key or the secret`, async () => {
    const key = algorithm.generateKey();
    const token = signed({ alg: algorithm.name }, {}, key, algorithm);
    const halves = key.type === 'secret' ? [key] : [key, createPublicKey(key)];
    for (const half of halves) assert.equal((await verify(token, { keys: [given(half)] })).valid, true);
    const verdict = await verify(token, { keys: [given(algorithm.generateKey())] });
    assert.equal(verdict.valid, false);
    assert.match(verdict.checks.find(({ name }) => name === 'signature')?.message ?? '', /Another key made it/);
  });
}

const hash = { hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' } as const;
const byNode: readonly [name: string, algorithm: string, key: KeyObject][] = [
  ['Ed448', 'EdDSA', generateKeyPairSync('ed448').privateKey],
  ['an RSA key bound to PSS', 'PS256', generateKeyPairSync('rsa-pss', { modulusLength: 2048, ...hash }).privateKey],
];

for (const [name, alg, key] of byNode) {
  test(`${name} is verified by node:crypto`, async () => {
    const keys = [given(createPublicKey(key))];
    const token = signed({ alg }, {}, key, rowNamed(signatureAlgorithms, alg));
    assert.equal((await verify(token, { keys })).valid, true);
    assert.equal((await verify(`${token.slice(0, -8)}AAAAAAAA`, { keys })).valid, false);
  });
}

const [k1, k2] = [given(other, { kid: 'k1' }), given(own, { kid: 'k2' })];
const secret = given(createSecretKey(Buffer.alloc(32, 1)), { from: 'secret.txt' });

/** What is refused, the check that fails, and what it says. */
const refusals: readonly [
  name: string,
  header: object,
  verification: Partial<Verification>,
  check: string,
  says: RegExp,
][] = [
  ['no algorithm', {}, {}, 'alg', /names no algorithm\./],
  ['none', { alg: 'none' }, {}, 'alg', /anybody could have made it/],
  ['None', { alg: 'NoNe' }, {}, 'alg', /anybody could have made it/],
  ['lower case', { alg: 'es256' }, {}, 'alg', /write ES256/],
  ['an unknown algorithm', { alg: 'XY1' }, {}, 'alg', /The algorithms are: HS256,.*ML-DSA-87/],
  ['an algorithm of JavaScript', { alg: '__proto__' }, {}, 'alg', /not the name/],
  ['crit', { alg: 'ES256', crit: ['exp'], exp: 1 }, {}, 'crit', /\(exp\)/],
  ['an empty crit', { alg: 'ES256', crit: [] }, {}, 'crit', /RFC 7515/],
  ['no key', { alg: 'ES256' }, { keys: [] }, 'key', /no key/],
  ['an unknown kid', { alg: 'ES256', kid: 'k3' }, { keys: [k1, k2] }, 'kid', /`k3`\. They have: k1, k2\./],
  [
    'a kid that is not plain',
    { alg: 'ES256', kid: 'a b' },
    { keys: [k1] },
    'kid',
    /not a plain name\. They have: k1\./,
  ],
  [
    'several keys that do not fit',
    { alg: 'ES256' },
    { keys: [secret, secret, secret] },
    'key',
    /this is a secret\. None of the other 2 keys fits either\.$/,
  ],
  ['a kid of another type', { alg: 'ES256', kid: 1 }, {}, 'kid', /not a string/],
  [
    'the wrong key of a set',
    { alg: 'ES256', kid: 'k1' },
    { keys: [k1, k2] },
    'signature',
    /the key `k1` of a\.pem\. Another/,
  ],
  ['several wrong keys', { alg: 'ES256' }, { keys: [k1, k1] }, 'signature', /any of the 2 keys/],
  ['a secret for ES256', { alg: 'ES256' }, { keys: [secret] }, 'key', /ES256 needs a key of type ec; this is a secret/],
  ['a public key as secret', { alg: 'HS256' }, {}, 'key', /HS256 needs a secret; this is a private key of type ec/],
  ['a key to encrypt', { alg: 'ES256' }, { keys: [given(own, { use: 'enc' })] }, 'key', /`use`/],
  [
    'a key that may not verify',
    { alg: 'ES256' },
    { keys: [given(own, { operations: ['wrapKey'] })] },
    'key',
    /key_ops/,
  ],
  [
    'a key of another algorithm',
    { alg: 'ES256' },
    { keys: [given(own, { algorithms: ['ES384'] })] },
    'key',
    /another algorithm/,
  ],
];

for (const [name, header, verification, check, says] of refusals) {
  test(`${name} is refused: ${check}`, async () => {
    const { valid, checks } = await verify(signed(header, {}), verification);
    assert.equal(valid, false);
    const failed = checks.filter(({ result }) => result === 'fail');
    assert.deepEqual(
      failed.map((one) => one.name),
      [check],
    );
    assert.match(failed[0]?.message ?? '', says);
  });
}

test('the key is found by its kid, or without one by trying', async () => {
  for (const header of [{ alg: 'ES256', kid: 'k2' }, { alg: 'ES256' }]) {
    const { valid, checks } = await verify(signed(header, {}), { keys: [k1, k2, secret] });
    assert.ok(valid);
    assert.match(checks.find(({ name }) => name === 'signature')?.message ?? '', /`k2` of a\.pem/);
  }
});

const keysOf = (count: number): readonly VerifyingKey[] => [...Array(count).fill(given(other)), given(own)];

test('a thousand keys are tried, and not one more', async () => {
  const token = signed({ alg: 'ES256' }, {});
  assert.equal((await verify(token, { keys: keysOf(999) })).valid, true);
  const { checks } = await verify(token, { keys: keysOf(1000) });
  assert.match(checks.find(({ result }) => result === 'fail')?.message ?? '', /first 1000 keys/);
});

const soon = { issuers: ['https://a.example'], audiences: ['x', 'y'], at: now * 1000 + 500, leeway: 60_000 };

const claimChecks: readonly [claims: object, check: string, result: string, says: RegExp][] = [
  [{}, 'exp', 'note', /never expires/],
  [{ exp: now + 61 }, 'exp', 'pass', /^2023-11-14T22:14:21Z, in 1m 1s\.$/],
  [{ exp: now }, 'exp', 'pass', /expires in this second, which the leeway of 1m allows/],
  [{ exp: now - 59 }, 'exp', 'pass', /expired 59s ago, which the leeway/],
  [{ exp: now - 60 }, 'exp', 'fail', /expired 1m ago\.$/],
  [{ exp: '1700000300' }, 'exp', 'fail', /not a number/],
  [{ exp: (now + 5) * 1000 }, 'exp', 'pass', /seems to have milliseconds/],
  [{ nbf: now }, 'nbf', 'pass', /, 0s ago/],
  [{ nbf: now + 60 }, 'nbf', 'pass', /another 1m, which the leeway/],
  [{ nbf: now + 61 }, 'nbf', 'fail', /another 1m 1s\. Either that is meant, or the clocks/],
  [{ nbf: now * 1000 }, 'nbf', 'fail', /seems to have milliseconds/],
  [{ nbf: null }, 'nbf', 'fail', /not a number/],
  [{ iat: now + 60 }, 'iat', 'pass', /in 1m\.$/],
  [{ iat: now - 5 }, 'iat', 'pass', /5s ago\.$/],
  [{ iat: now + 61 }, 'iat', 'note', /1m 1s in the future\. Some verifiers/],
  [{ iat: true }, 'iat', 'fail', /not a number/],
  [{ iss: 'https://a.example' }, 'iss', 'pass', /one that was given/],
  [{ iss: 'https://A.example/' }, 'iss', 'fail', /differ only in a final slash/],
  [{ iss: 'https://b.example' }, 'iss', 'fail', /another than the one that was given\.$/],
  [{ iss: ['https://a.example'] }, 'iss', 'fail', /not a string/],
  [{}, 'iss', 'fail', /has none/],
  [{ aud: 'y' }, 'aud', 'pass', /has one/],
  [{ aud: ['z', 'x'] }, 'aud', 'pass', /has one/],
  [{ aud: ['z', 'X'] }, 'aud', 'fail', /upper and lower case/],
  [{ aud: [] }, 'aud', 'fail', /does not have/],
  [{ aud: [1, 'x'] }, 'aud', 'fail', /neither/],
  [{}, 'aud', 'fail', /has none/],
];

for (const [claims, name, result, says] of claimChecks) {
  test(`${JSON.stringify(claims)}: ${name} is a ${result}`, () => {
    const found = checkClaims(JSON.parse(JSON.stringify(claims)), soon).find((check) => check.name === name);
    assert.equal(found?.result, result);
    assert.match(found?.message ?? '', says);
  });
}

test('what is not asked for is not checked, and said', () => {
  const checks = checkClaims({ iss: 'a' }, { ...soon, issuers: [], audiences: [] });
  assert.deepEqual(
    checks.map(({ name, result }) => `${name} ${result}`),
    ['exp note', 'iss note', 'aud note'],
  );
  assert.match(checks.at(-1)?.message ?? '', /which audience the recipient expects is not known/);
});

function encrypted(alg: string, key: KeyObject, text: string): string {
  const [management, content] = [rowNamed(keyManagements, alg), rowNamed(contentEncryptions, 'A256GCM')];
  return createEncrypter({ management, content, key })(
    (added) => Buffer.from(JSON.stringify({ alg, enc: 'A256GCM', ...Object.fromEntries(added) })).toString('base64url'),
    text,
  );
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const recipient = given(rsa.privateKey, { from: 'own.pem' });

test('a signed token inside an encrypted one is opened and verified', async () => {
  const token = encrypted('RSA-OAEP-256', rsa.publicKey, signed({ alg: 'ES256' }, { exp: now + 1 }));
  const { valid, checks, claims } = await verify(token, { keys: [given(own), recipient] });
  assert.ok(valid);
  assert.deepEqual(
    checks.slice(0, 4).map(({ name }) => name),
    ['encryption', 'alg', 'kid', 'signature'],
  );
  assert.deepEqual(claims, { exp: now + 1 });
  const broken = encrypted('RSA-OAEP-256', rsa.publicKey, signed({ alg: 'ES256' }, {}, other));
  assert.equal((await verify(broken, { keys: [given(own), recipient] })).valid, false);
});

test('RSA1_5 is opened by node:crypto, which is said', async () => {
  const { checks } = await verify(encrypted('RSA1_5', rsa.publicKey, '{"exp":1}'), { keys: [recipient] });
  assert.match(checks[0]?.message ?? '', /own\.pem opens it\. RSA1_5 is opened by node:crypto/);
  assert.match(checks[1]?.message ?? '', /not signed\. Anybody who has the public key/);
  assert.equal(checks.find(({ name }) => name === 'exp')?.result, 'fail');
});

test('an encrypted token stays closed without its key', async () => {
  const token = encrypted('RSA-OAEP', rsa.publicKey, '{}');
  const cases: readonly (readonly VerifyingKey[])[] = [[], [given(rsa.publicKey)], [secret], [secret, given(own)]];
  const messages = await Promise.all(cases.map(async (keys) => (await verify(token, { keys })).checks[0]?.message));
  assert.match(messages[0] ?? '', /no key to open/);
  assert.match(messages[1] ?? '', /no key to open/);
  assert.match(messages[2] ?? '', /The given key does not open it/);
  assert.match(messages[3] ?? '', /None of the 2 given keys opens it/);
});

test('a secret opens what was encrypted with it', async () => {
  const { valid, checks } = await verify(encrypted('dir', secret.key, '{}'), { keys: [secret] });
  assert.ok(valid);
  assert.match(checks[1]?.message ?? '', /Only who has the secret/);
});

const spans: readonly [seconds: number, text: string][] = [
  [0, '0s'],
  [0.25, '250ms'],
  [59, '59s'],
  [-60, '1m'],
  [3_661, '1h 1m'],
  [86_400 * 2 + 3_599, '2d'],
];

for (const [seconds, text] of spans) test(`${seconds} seconds are ${text}`, () => assert.equal(span(seconds), text));

test('a time beyond all calendars is not a date', () => {
  assert.equal(timeText(8_640_000_000_000), '+275760-09-13T00:00:00Z');
  assert.match(timeText(8_640_000_000_001), /beyond/);
});

for (const [secrets, message] of [
  [10, /^None of the 10 given keys opens it/],
  [11, /^It asks for too many iterations of its password to try all secrets/],
] as const) {
  test(`a million iterations of a password, and ${secrets} secrets`, async () => {
    const header = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2s: 'A'.repeat(16), p2c: maxIterationsTogether / 10 };
    const first = Buffer.from(JSON.stringify(header)).toString('base64url');
    const token = [first, 'A'.repeat(32), 'A'.repeat(16), 'AAAA', `${'A'.repeat(22)}`].join('.');
    const keys = Array.from({ length: secrets }, (_, at) => given(createSecretKey(Buffer.alloc(16, at + 1))));
    const { checks, valid } = await verify(token, { keys });
    assert.match(checks.find(({ name }) => name === 'encryption')?.message ?? '', message);
    assert.equal(valid, false);
  });
}
