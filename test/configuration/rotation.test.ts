/**
 * @module
 * Rotation as tokens and the JWKS show it. The first tests are named after the threads in which users of other servers
 * report these failures.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { ec, good, kidOf, load, mint, one, pem, policy, published, start, three, two, verifies } from './key-world.ts';

test('ory/oathkeeper#763: rotation while cached: no reused token of the old key once the new one signs', async () => {
  const entry = { key: 'k', reuse: { for: '300s', leeway: '0s' } };
  const first = good({ 'a.pem': one, entry });
  const old = mint(first, 0);
  assert.equal(mint(first, 1000), old);
  const second = good({ 'a.pem': two, entry }, 2000, first);
  // The old key signs on until verifiers know the new one, and then no more, though its token would be reusable.
  assert.equal(kidOf(mint(second, 61_999)), kidOf(old));
  const token = mint(second, 62_000);
  assert.notEqual(kidOf(token), kidOf(old));
  assert.equal(mint(second, 63_000), token);
  for (const each of [old, token]) assert.ok(await verifies(each, second, 62_000));
});

test('ory/oathkeeper#763: a reused token does not outlive a change of the configuration', () => {
  const entry = { key: 'k', reuse: { for: '300s' } };
  const first = good({ 'a.pem': one, entry, 'p.yaml': policy({ claim: 'old' }) });
  const old = mint(first, 0);
  const second = good({ 'a.pem': one, entry, 'p.yaml': policy({ claim: 'new' }) }, 1, first);
  assert.notEqual(mint(second, 1).split('.')[1], old.split('.')[1]);
});

test('the old key stays in the JWKS until its last token has expired', async () => {
  const first = good({ 'a.pem': one });
  const second = good({ 'a.pem': two }, 0, first);
  const last = mint(second, 59_999);
  assert.ok(await verifies(last, second, 59_999 + 300_000));
  // 60 s more for verifiers whose clocks are behind.
  assert.equal(published(second, 60_000 + 360_000 - 1).keys.length, 2);
  assert.equal(published(second, 60_000 + 360_000).keys.length, 1);
});

test('every token verifies against the JWKS of its moment, through many rotations', async () => {
  let snapshot = good({ 'a.pem': one });
  for (let at = 10_000; at < 400_000; at += 10_000) {
    if (at % 50_000 === 0) snapshot = good({ 'a.pem': ec() }, at, snapshot);
    assert.ok(await verifies(mint(snapshot, at), snapshot, at), String(at));
  }
});

test('a same-kid swap: the same name with new material is refused if keys are published', () => {
  const keys = { k: { file: 'a.pem', kid: 'k-1' } };
  const first = good({ 'a.pem': one, keys });
  const { snapshot, problems } = load({ 'a.pem': two, keys }, 1, first);
  assert.equal(snapshot, undefined);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['keys.same-kid'],
  );
});

test('two keys under the kid that a policy writes: the policy is to be changed, and not the keys', () => {
  const world = { 'a.pem': one, 'b.pem': two, keys: { k: { versions: [{ file: 'a.pem' }, { file: 'b.pem' }] } } };
  const { problems } = load({ ...world, 'p.yaml': policy({ kid: 'v1' }) });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['keys.same-kid'],
  );
  assert.match(problems[0]?.suggestion ?? '', /Remove it from the policy/);
});

test('a policy that writes its own kid: published under it, and changed with the policy immediately', async () => {
  const keys = { k: { file: 'a.pem' } };
  const first = good({ 'a.pem': one, keys, 'p.yaml': policy({ kid: 'v1' }) });
  assert.equal(kidOf(mint(first, 0)), 'v1');
  assert.ok(await verifies(mint(first, 0), first, 0));
  assert.equal(load({ 'a.pem': two, keys, 'p.yaml': policy({ kid: 'v1' }) }, 1, first).snapshot, undefined);
  const second = good({ 'a.pem': two, keys, 'p.yaml': policy({ kid: 'v2' }) }, 1, first);
  assert.equal(kidOf(mint(second, 1)), 'v2');
  for (const token of [mint(first, 0), mint(second, 1)]) assert.ok(await verifies(token, second, 1));
});

test('revoked: the key no longer signs and is no longer published', async () => {
  const first = good({ 'a.pem': one });
  const old = mint(first, 0);
  const keys = { k: { file: 'a.pem', revoked: [kidOf(old)] } };
  const second = good({ 'a.pem': two, keys }, 1, first);
  assert.notEqual(kidOf(mint(second, 1)), kidOf(old));
  assert.equal(await verifies(old, second, 1), false);
});

test('versions with dates sign one after the other', () => {
  const date = (at: number): string => new Date(start + at).toISOString();
  const keys = {
    k: {
      versions: [
        { file: 'a.pem', kid: 'a' },
        { file: 'b.pem', kid: 'b', activeFrom: date(50_000), retireAfter: date(90_000) },
        { file: 'c.pem', kid: 'c', activeFrom: date(80_000) },
      ],
    },
  };
  const snapshot = good({ 'a.pem': one, 'b.pem': two, 'c.pem': three, keys });
  assert.deepEqual(
    [0, 49_999, 50_000, 79_999, 80_000, 1e9].map((at) => kidOf(mint(snapshot, at))),
    ['a', 'a', 'b', 'b', 'c', 'c'],
  );
});

test('after the last key has retired, requests are refused and the configuration is not loaded', () => {
  const keys = { k: { file: 'a.pem', retireAfter: new Date(start + 1000).toISOString() } };
  const snapshot = good({ 'a.pem': one, keys });
  mint(snapshot, 999);
  assert.throws(() => mint(snapshot, 1000), { code: 'keys.none-active' });
  assert.deepEqual(
    load({ 'a.pem': one, keys }, 1000).problems.map(({ code }) => code),
    ['keys.none-active'],
  );
});

test('an algorithm that the old key cannot be used with: the new key signs immediately', async () => {
  const first = good({ 'a.pem': one });
  const old = mint(first, 0);
  const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const second = good({ 'a.pem': rsa, 'p.yaml': policy({ signingMethod: 'RS256' }) }, 1, first);
  assert.equal(decodeProtectedHeader(mint(second, 1)).alg, 'RS256');
  for (const token of [old, mint(second, 1)]) assert.ok(await verifies(token, second, 1));
});

test('the keys of a policy that is gone stay published while its tokens live', async () => {
  const entries = [
    { name: 'p', file: 'p.yaml', key: 'k' },
    { name: 'q', file: 'p.yaml', key: 'l', output: { header: 'x-q' } },
  ];
  const keys = { k: { file: 'a.pem' }, l: { file: 'b.pem' } };
  const first = good({ 'a.pem': one, 'b.pem': two, entries, keys });
  const token = mint(first, 0, 'q');
  const second = good({ 'a.pem': one, 'b.pem': two, keys }, 1000, first);
  assert.ok(await verifies(token, second, 300_000));
  assert.equal(published(second, 1000 + 360_000).keys.length, 1);
});

test('tokens have a kid if the configuration names the key, and only then', () => {
  const thumbprint = published(good({ 'a.pem': one }), 0).keys[0]?.['kid'];
  const kids: [entry: object, keys: object, kid: unknown][] = [
    [{ key: 'k' }, { k: { file: 'a.pem' } }, thumbprint],
    [{ key: 'k' }, { k: { file: 'a.pem', kid: 'mine' } }, 'mine'],
    [{ key: { file: 'a.pem', kid: 'mine' } }, {}, 'mine'],
    [{ key: { file: 'a.pem' } }, {}, undefined],
  ];
  for (const [entry, keys, kid] of kids) assert.equal(kidOf(mint(good({ 'a.pem': one, entry, keys }), 0)), kid);
});
