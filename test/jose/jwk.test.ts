import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { checkPurpose, type JwkPurpose, readFromJwkSet, readJwk } from '../../src/jose/jwk.ts';
import { mersenneMembers } from './rsa-numbers.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaPrivate = rsa.privateKey.export({ format: 'jwk' });
const rsaPublic = rsa.publicKey.export({ format: 'jwk' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecPublic = ec.publicKey.export({ format: 'jwk' });
const okp = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const oct = { kty: 'oct', k: 'AAECAwQFBgcICQoLDA0ODw' };
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });

const largest = { kty: 'RSA', ...mersenneMembers(2203n, 2281n) };

const readable: readonly [name: string, jwk: object, type: string][] = [
  ['a secret', oct, 'secret'],
  ['an RSA private key', rsaPrivate, 'private'],
  ['an RSA private key without its primes', { ...rsaPublic, d: rsaPrivate.d }, 'private'],
  ['an RSA private key with its primes that is too large to compute them', largest, 'private'],
  ['an RSA public key', rsaPublic, 'public'],
  ['an EC public key', ecPublic, 'public'],
  ['an Ed25519 private key', okp, 'private'],
];

for (const [name, jwk, type] of readable) {
  test(`reads ${name}`, () => {
    const reading = readJwk(JSON.stringify({ ...jwk, kid: 'k-1', use: 'sig', key_ops: ['sign'], alg: 'HS256' }));
    assert.ok(reading.ok);
    const { key, ...metadata } = reading.value;
    assert.equal(key.type, type);
    assert.deepEqual(metadata, { kid: 'k-1', use: 'sig', operations: ['sign'], algorithm: 'HS256' });
  });
}

const n = String(rsaPublic.n);
const malformed: readonly [name: string, text: string][] = [
  ['text that is not JSON', 'secret'],
  ['truncated JSON', '{"kty":"oct"'],
  ['an array', '[]'],
  ['a string', '"oct"'],
  ['null', 'null'],
  ['a JWK set', JSON.stringify({ keys: [oct] })],
  ['no kty', JSON.stringify({ k: oct.k })],
  ['an unknown kty', JSON.stringify({ ...oct, kty: 'constructor' })],
  ['no k', JSON.stringify({ kty: 'oct' })],
  ['an empty k', JSON.stringify({ kty: 'oct', k: '' })],
  ['k as a number', JSON.stringify({ kty: 'oct', k: 1 })],
  ['a space from a folded line of YAML', JSON.stringify({ ...rsaPublic, n: `${n.slice(0, 80)} ${n.slice(80)}` })],
  ['base64 instead of base64url', JSON.stringify({ kty: 'oct', k: 'ab+/' })],
  ['padding', JSON.stringify({ kty: 'oct', k: 'AA==' })],
  ['an impossible length', JSON.stringify({ kty: 'oct', k: 'AAAAA' })],
  ['an RSA private key with one of its primes', JSON.stringify({ ...rsaPublic, d: rsaPrivate.d, p: rsaPrivate.p })],
  ['an RSA private key with a wrong exponent', JSON.stringify({ ...rsaPublic, d: rsaPublic.n })],
  ['a point of another curve', JSON.stringify({ ...ecPublic, crv: 'P-384' })],
  ['a point that is not on the curve', JSON.stringify({ ...ecPublic, y: other.y })],
  ['more than 4 MiB of text', JSON.stringify({ ...oct, note: 'a'.repeat(4 * 1024 * 1024) })],
];

for (const [name, text] of malformed) {
  test(`refuses ${name}`, () => {
    const reading = readJwk(text);
    assert.ok(!reading.ok);
    assert.equal(reading.finding.code, 'jose.malformed-jwk');
    assert.ok(!JSON.stringify(reading.finding).includes(n.slice(0, 20)), 'contains no part of the key');
  });
}

/** RFC 7517 section 4: `use`, `alg` and `kid` are strings, `key_ops` is an array of strings. */
const notStrings: readonly unknown[] = [
  null,
  true,
  false,
  0,
  7,
  1.5,
  [],
  ['enc'],
  [['sign']],
  {},
  { toString: 1 },
  { length: 1, 0: 'sig' },
];
const notLists: readonly unknown[] = [
  null,
  true,
  0,
  7,
  '',
  'verify',
  {},
  { 0: 'sign', length: 1 },
  ...notStrings.map((item) => [item]),
];
const wrongStatements: readonly (readonly [member: string, value: unknown])[] = [
  ...['use', 'alg', 'kid'].flatMap((member) => notStrings.map((value) => [member, value] as const)),
  ['use', ''],
  ['alg', ''],
  ...notLists.map((value) => ['key_ops', value] as const),
  ...notStrings.map((item) => ['key_ops', ['sign', item]] as const),
];
const ofEachKind = [oct, rsaPrivate, rsaPublic, ecPublic, okp];

test(`refuses statements of the wrong type: ${wrongStatements.length} statements of ${ofEachKind.length} keys`, () => {
  for (const jwk of ofEachKind) {
    for (const [member, value] of wrongStatements) {
      const text = JSON.stringify({ ...jwk, [member]: value });
      const reading = readJwk(text);
      assert.ok(!reading.ok, text);
      assert.equal(reading.finding.code, 'jose.malformed-jwk');
      assert.match(reading.finding.message, new RegExp(`^\`${member}\` of the JWK`));
    }
  }
});

test('of a JWK set, only the statements of the chosen key count', () => {
  for (const [member, value] of wrongStatements) {
    const keys = [
      { kid: 'bad', ...ecPublic, [member]: value },
      { ...ecPublic, kid: 'good' },
    ];
    assert.ok(readFromJwkSet(JSON.stringify({ keys }), 'good').ok);
    if (member === 'kid') continue;
    const bad = readFromJwkSet(JSON.stringify({ keys }), 'bad');
    assert.equal(bad.ok || bad.finding.code, 'jose.malformed-jwk');
  }
});

const large = (bytes: number, e = 'AQAB'): string =>
  JSON.stringify({ kty: 'RSA', n: Buffer.alloc(bytes, 0xff).toString('base64url'), e, d: rsaPrivate.d });
const primeless: readonly [name: string, text: string, message: RegExp][] = [
  ['4104 bits', large(513), /do not fit each other/],
  ['4112 bits', large(514), /has no primes, and is too large/],
  ['an e of 64 bits', large(512, '__________8'), /do not fit each other/],
  ['an e of 65 bits', large(512, 'Af__________'), /has no primes, and is too large/],
];

for (const [name, text, message] of primeless) {
  test(`an RSA private key without primes, with ${name}`, () => {
    const reading = readJwk(text);
    assert.ok(!reading.ok);
    assert.equal(reading.finding.code, 'jose.malformed-jwk');
    assert.match(reading.finding.message, message);
  });
}

test('an empty kid is no kid', () => {
  const reading = readJwk(JSON.stringify({ ...oct, kid: '' }));
  assert.equal(reading.ok && reading.value.kid, undefined);
});

const set = JSON.stringify({
  keys: [{ ...oct, kid: 'a' }, { ...ecPublic, kid: 'b' }, null, { ...oct, kid: 'c' }, { ...oct, kid: 'c' }],
});

const choices: readonly [name: string, text: string, kid: string, outcome: string][] = [
  ['the key with that kid', set, 'b', 'public'],
  ['no key with that kid', set, 'x', 'jose.no-matching-key'],
  ['two keys with that kid', set, 'c', 'jose.no-matching-key'],
  ['a single key', JSON.stringify(oct), 'a', 'jose.malformed-jwk'],
  ['invalid JSON', '{', 'a', 'jose.malformed-jwk'],
];

for (const [name, text, kid, outcome] of choices) {
  test(`from a JWK set: ${name}`, () => {
    const reading = readFromJwkSet(text, kid);
    assert.equal(reading.ok ? reading.value.key.type : reading.finding.code, outcome);
  });
}

const signing: JwkPurpose = { use: 'sig', algorithms: ['HS256'], operations: ['sign'] };
const encryption: JwkPurpose = { use: 'enc', algorithms: ['dir', 'A128GCM'], operations: ['encrypt', 'wrapKey'] };

const purposes: readonly [name: string, members: object, purpose: JwkPurpose, codes: readonly string[]][] = [
  ['no use, key_ops or alg', {}, signing, []],
  ['all fits', { use: 'sig', key_ops: ['verify', 'sign'], alg: 'HS256' }, signing, []],
  ['all fits, with one of several algorithms', { use: 'enc', key_ops: ['wrapKey'], alg: 'A128GCM' }, encryption, []],
  ['for encryption', { use: 'enc' }, signing, ['jose.wrong-key-use']],
  ['for signatures', { use: 'sig' }, encryption, ['jose.wrong-key-use']],
  ['key_ops without sign', { key_ops: ['verify'] }, signing, ['jose.wrong-key-use']],
  ['empty key_ops', { key_ops: [] }, signing, ['jose.wrong-key-use']],
  ['all wrong', { use: 'enc', key_ops: ['decrypt'] }, signing, ['jose.wrong-key-use', 'jose.wrong-key-use']],
];

for (const [name, members, purpose, codes] of purposes) {
  test(`purpose of a JWK: ${name}`, () => {
    const reading = readJwk(JSON.stringify({ ...oct, ...members }));
    assert.ok(reading.ok);
    assert.deepEqual(
      checkPurpose(reading.value, purpose).map(({ code }) => code),
      codes,
    );
  });
}
