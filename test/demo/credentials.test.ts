/**
 * @module
 * The demo's keys are kept from one start to the next; its token is new each time.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { prepareCredentials } from '../../demo/credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-credentials-'));
after(() => rmSync(folder, { recursive: true }));

const read = (name: string): string => readFileSync(join(folder, 'kept', name), 'utf8');

test('keys are kept, and the public keys beside them verify the token', async () => {
  const first = await prepareCredentials(join(folder, 'kept'));
  const keys = [read('partner.pem'), read('caller.pem')];
  const second = await prepareCredentials(join(folder, 'kept'));
  assert.deepEqual([read('partner.pem'), read('caller.pem')], keys);
  const known = createLocalJWKSet(JSON.parse(read('caller.jwks.json')) as JSONWebKeySet);
  for (const { token } of [first, second]) await jwtVerify(token, known, { issuer: 'demo', audience: 'orders' });
  assert.equal(read('caller.token').trim(), second.token);
});

test('a token of an earlier start is replaced', async () => {
  writeFileSync(join(folder, 'kept', 'caller.token'), 'of yesterday');
  await prepareCredentials(join(folder, 'kept'));
  const { exp = 0 } = decodeJwt(read('caller.token').trim());
  assert.ok(exp > Date.now() / 1000 + 3600);
});

test('the public keys hold no private part', () => {
  const { keys } = JSON.parse(read('caller.jwks.json')) as JSONWebKeySet;
  assert.deepEqual(
    keys.filter((key) => 'd' in key),
    [],
  );
});

test('a folder that is not writable is reported', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  await assert.rejects(
    prepareCredentials(file),
    /^SetupError: Cannot write the demo's keys to .*: make the folder writable\.$/,
  );
});

test('an invalid key is reported, not replaced, because the folder may be wrong', async () => {
  writeFileSync(join(folder, 'kept', 'partner.pem'), 'spoilt');
  await assert.rejects(
    prepareCredentials(join(folder, 'kept')),
    /^SetupError: .*partner\.pem is not a private key: delete it/,
  );
  assert.equal(read('partner.pem'), 'spoilt');
});
