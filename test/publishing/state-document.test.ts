import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import type { FileContents } from '../../src/configuration/files.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { heldKey } from '../../src/keys/held-key.ts';
import { maxPublishedKeys, type PublishedKey } from '../../src/keys/published-keys.ts';
import { readState, type StateReading, stateText } from '../../src/publishing/state-document.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const secretJwk = { kty: 'oct', k: 'AAAA', kid: 's' };

const times = { since: 1_000, until: 2_000_000, activeFrom: 5_000 };

function published(key: KeyObject, kid: string, more: Partial<PublishedKey> = {}): PublishedKey {
  return { held: heldKey(key, { kid }), algorithms: new Set(['ES256']), ...times, ...more };
}

function read(text: string, mode = 0o644): StateReading {
  const contents: FileContents = { kind: 'bytes', bytes: Buffer.from(text), mode };
  return finish(readState(contents));
}

test('keys come back as they were written, without those that have ended', () => {
  const ended = published(publicKey, 'ended', { until: 1_500 });
  const always = published(publicKey, 'always', { activeFrom: Number.NEGATIVE_INFINITY, algorithms: new Set() });
  const reading = read(stateText([published(publicKey, 'k'), ended, always], 1_500));
  assert.ok(reading.kind === 'keys');
  const [first, second, third] = reading.keys.all;
  assert.ok(first?.held.key.equals(publicKey) === true);
  assert.deepEqual({ ...first, held: first?.held.kid }, { ...published(publicKey, 'k'), held: 'k' });
  assert.equal(second?.activeFrom, Number.NEGATIVE_INFINITY);
  assert.deepEqual([...(second?.algorithms ?? ['?'])], []);
  assert.equal(third, undefined);
});

test('a key that is published for ever is written with a date that can be read', () => {
  const reading = read(stateText([published(publicKey, 'k', { until: 8.64e15 })], 0));
  assert.equal(reading.kind === 'keys' && reading.keys.all[0]?.until, Date.UTC(9999, 11, 31));
});

test('a private key that is given is written as its public half', () => {
  const text = stateText([published(privateKey, 'k')], 0);
  const { d } = privateKey.export({ format: 'jwk' });
  assert.ok(d !== undefined && !text.includes(d));
  assert.equal(read(text).kind, 'keys');
});

const entry = JSON.parse(stateText([published(publicKey, 'k')], 0)).keys[0];
const document = (...keys: readonly unknown[]): string => JSON.stringify({ mintprocKeys: 1, keys });
const pkcs8 = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));

const unusable: readonly [name: string, text: string, reason: RegExp][] = [
  ['a private key in PEM', pkcs8, /is not one of mintproc. It is not overwritten/],
  ['half a file', document(entry).slice(0, -9), /is damaged/],
  ['another JSON file', '{"keys":[]}', /is not one of mintproc/],
  ['an array', '[]', /is not one of mintproc/],
  ['a newer form', '{"mintprocKeys":2,"keys":[]}', /another version of mintproc/],
  ['no keys', '{"mintprocKeys":1}', /no array `keys`/],
  ['a private JWK', document({ ...entry, jwk: privateKey.export({ format: 'jwk' }) }), /Entry 1 .*private key/],
  ['a secret', document(entry, { ...entry, jwk: secretJwk }), /Entry 2 .*private key or a secret/],
  ['no times', document({ jwk: entry.jwk }), /A time is not written/],
  ['a time in seconds', document({ ...entry, until: 1 }), /A time is not written/],
  ['a day that does not exist', document({ ...entry, until: '2026-13-01T00:00:00.000Z' }), /A time is not written/],
  ['a key twice', document(entry, entry), /Entry 2 .*the same `kid`/],
  ['a damaged key', document({ ...entry, jwk: { ...entry.jwk, x: 'AAAA' } }), /Entry 1 /],
  ['no object', document(1), /Entry 1 .*not an object/],
];

for (const [name, text, reason] of unusable) {
  test(`not used: ${name}`, () => {
    const reading = read(text);
    assert.ok(reading.kind === 'unusable');
    assert.match(reading.reason, reason);
    assert.ok(!JSON.stringify(reading).includes(String(entry.jwk.x)), 'no part of the file is shown');
  });
}

test('a file that every user may write is not used, and one that is empty or absent has no keys', () => {
  assert.equal(read(document(entry), 0o646).kind, 'unusable');
  assert.equal(read(document(entry), 0o664).kind, 'keys');
  for (const reading of [read(' \n'), finish(readState({ kind: 'failed', reason: 'does not exist' }))]) {
    assert.ok(reading.kind === 'keys');
    assert.deepEqual(reading.keys.all, []);
  }
  const denied = finish(readState({ kind: 'failed', reason: 'may not be read by this process' }));
  assert.ok(denied.kind === 'unusable');
  assert.match(denied.reason, /The state file may not be read/);
});

test(`${maxPublishedKeys} keys are read, one more is not`, () => {
  const many = (count: number): string =>
    document(...Array.from({ length: count }, (_, index) => ({ ...entry, jwk: { ...entry.jwk, kid: `k${index}` } })));
  assert.equal(read(many(maxPublishedKeys)).kind, 'keys');
  assert.equal(read(many(maxPublishedKeys + 1)).kind, 'unusable');
});
