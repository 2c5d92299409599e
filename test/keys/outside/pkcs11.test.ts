/**
 * The signer of PKCS#11 with SoftHSM, which is a token in files. It needs SoftHSM, and the package pkcs11js in a folder
 * of NODE_PATH.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Pkcs11Key } from '../../../src/keys/outside/outside-key.ts';
import { OutsideSigners } from '../../../src/keys/outside/outside-signers.ts';
import { inputOf, signerFor, testContract } from './contract.ts';
import { privateKeyFor } from './service-keys.ts';

const module = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so'].find((path) =>
  existsSync(path),
);

function hasPackage(): boolean {
  try {
    createRequire(import.meta.url).resolve('pkcs11js');
    return true;
  } catch {
    return false;
  }
}

const skip = module === undefined ? 'no SoftHSM' : !hasPackage() && 'no package pkcs11js in NODE_PATH';

const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

const folder = mkdtempSync(join(tmpdir(), 'mintproc-softhsm-'));
after(() => rmSync(folder, { recursive: true }));

const pin = '4711';

function run(...options: readonly string[]): void {
  execFileSync('softhsm2-util', options, { stdio: 'ignore' });
}

function pemOf(algorithm: string): string {
  const file = join(folder, `${algorithm}.pem`);
  writeFileSync(file, privateKeyFor(algorithm).export({ format: 'pem', type: 'pkcs8' }));
  return file;
}

/** Made once: a process initializes a PKCS#11 library once. */
function makeToken(): void {
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\n`);
  process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
  for (const label of ['mintproc', 'other', 'empty']) {
    run('--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '4712');
  }
  run('--import', pemOf('ES256'), '--token', 'other', '--pin', pin, '--label', 'ES256', '--id', '01');
  for (const [index, algorithm] of algorithms.entries()) {
    const named = ['--label', algorithm, '--id', `0${index}`];
    run('--import', pemOf(algorithm), '--token', 'mintproc', '--pin', pin, ...named);
  }
}

if (skip === false) makeToken();

const environment = { PIN: pin };

function keyNamed(label: string | undefined, change: Partial<Pkcs11Key> = {}, deadline = 30_000): Pkcs11Key {
  const where = { module: module ?? '', token: 'mintproc', label, id: undefined, pin: { env: 'PIN' } };
  return { service: 'pkcs11', ...where, deadline, queue: 10, ...change };
}

testContract({
  name: 'PKCS#11',
  algorithms,
  skip,
  start: async () => ({
    environment,
    keyFor: (algorithm, deadline) => keyNamed(algorithm, {}, deadline),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test('PKCS#11: a key is found by its id', { skip }, async () => {
  const signers = new OutsideSigners({ environment });
  const { sign } = await signerFor(signers, keyNamed(undefined, { id: '00' }), 'ES256');
  assert.equal((await sign(inputOf('ES256'))).length, 86);
});

test('PKCS#11: more signatures than sessions', { skip }, async () => {
  const signers = new OutsideSigners({ environment });
  const { sign } = await signerFor(signers, keyNamed('ES256', { queue: 100 }), 'ES256');
  const made = await Promise.all(Array.from({ length: 50 }, (_, index) => sign(inputOf('ES256', `${index}`))));
  assert.equal(new Set(made).size, 50);
});

test('PKCS#11: a key is first used while another one has all sessions', { skip }, async () => {
  const signers = new OutsideSigners({ environment });
  const busy = await signerFor(signers, keyNamed('RS512', { queue: 100 }), 'RS512');
  const other = await signerFor(signers, keyNamed('PS512'), 'PS512');
  await busy.sign(inputOf('RS512'));
  const asked = Array.from({ length: 20 }, (_, index) => busy.sign(inputOf('RS512', `${index}`)));
  asked.push(other.sign(inputOf('PS512')));
  assert.equal(new Set(await Promise.all(asked)).size, 21);
});

test('PKCS#11: a wrong PIN leaves no session open', { skip }, async () => {
  const { PKCS11 } = createRequire(import.meta.url)('pkcs11js');
  const library = new PKCS11();
  library.load(module);
  const isEmpty = (slot: Buffer): boolean => library.C_GetTokenInfo(slot).label.trimEnd() === 'empty';
  const slot = library.C_GetSlotList(true).find(isEmpty);
  // A token is not initialized while a session is open.
  const initialize = (): void => library.C_InitToken(slot, '4712', 'empty');
  const signers = new OutsideSigners({ environment: { PIN: 'wrong' } });
  const answer = await signers.ask(keyNamed('ES256', { token: 'empty' }));
  assert.equal(answer.kind === 'failed' && answer.code, 'signer.denied');
  initialize();
  const session = library.C_OpenSession(slot, 4);
  assert.throws(initialize, { message: 'CKR_SESSION_EXISTS' });
  library.C_CloseSession(session);
});

const wrong: readonly [name: string, change: Partial<Pkcs11Key>, code: string][] = [
  ['no such label', { label: 'other' }, 'signer.key-unusable'],
  ['no such token', { token: 'none' }, 'signer.key-unusable'],
  ['no library', { module: '/no/such/library.so' }, 'keys.outside-setting'],
  ['a file that is no library', { module: import.meta.filename }, 'keys.outside-setting'],
];

// The token is logged in to once in a process, so this one has another name.
test('PKCS#11: no PIN', async () => {
  const answer = await new OutsideSigners({ environment }).ask(keyNamed('a', { token: 'new', pin: { env: 'NO_PIN' } }));
  assert.equal(answer.kind === 'failed' && answer.code, 'signer.denied');
});

test('PKCS#11: an empty PIN is not one of the attempts', async () => {
  const empty = { MINTPROC_PIN: '' };
  const place = keyNamed('a', { token: 'newer', pin: { env: 'MINTPROC_PIN' } });
  const answer = await new OutsideSigners({ environment: empty }).ask(place);
  assert.match(answer.kind === 'failed' ? answer.message : '', /The PIN is empty/);
});

test('PKCS#11: a token that could not be opened is opened anew', async () => {
  const place = keyNamed('a', { token: 'newest', pin: { env: 'MINTPROC_PIN' } });
  const said: string[] = [];
  for (const given of [{}, { MINTPROC_PIN: '' }]) {
    const answer = await new OutsideSigners({ environment: given }).ask(place);
    said.push(answer.kind === 'failed' ? answer.message : 'opened');
  }
  assert.match(said.join(' / '), /PIN is not set.* \/ .*PIN is empty/);
});

for (const [name, change, code] of wrong) {
  test(`PKCS#11: ${name}`, { skip }, async () => {
    const answer = await new OutsideSigners({ environment }).ask(keyNamed('ES256', change));
    assert.equal(answer.kind === 'failed' && answer.code, code);
  });
}

test('PKCS#11: the first use of a key, while another key has all sessions', { skip }, async () => {
  const signers = new OutsideSigners({ environment });
  const busy = await signerFor(signers, keyNamed('RS512', { queue: 100 }), 'RS512');
  const other = await signerFor(signers, keyNamed('PS512', { queue: 100 }), 'PS512');
  await busy.sign(inputOf('RS512'));
  const all = Array.from({ length: 40 }, (_, index) => busy.sign(inputOf('RS512', `${index}`)));
  await other.sign(inputOf('PS512'));
  await Promise.all(all);
});

test('PKCS#11: a PIN that was refused is not tried again, and another one is', { skip }, async () => {
  const signers = new OutsideSigners({ environment: { WRONG: '4713', ...environment } });
  const key = keyNamed('ES256', { token: 'other', pin: { env: 'WRONG' } });
  for (const message of [/refuses the PIN/, /is not tried again/, /is not tried again/]) {
    const answer = await signers.ask(key);
    assert.ok(answer.kind === 'failed' && answer.code === 'signer.denied', JSON.stringify(answer));
    assert.match(answer.message, message);
  }
  const { sign } = await signerFor(signers, { ...key, pin: { env: 'PIN' } }, 'ES256');
  await sign(inputOf('ES256'));
});

test('PKCS#11: a library that signs on several threads keeps its memory whole', { skip }, async () => {
  const signers = new OutsideSigners({ environment });
  const { sign } = await signerFor(signers, keyNamed('ES256', { queue: 100 }), 'ES256');
  for (let round = 0; round < 100; round++) {
    await Promise.all(Array.from({ length: 30 }, (_, index) => sign(inputOf('ES256', `${round} ${index}`))));
  }
});
