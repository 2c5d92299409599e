/**
 * @module
 * A load that is repeated from its inputs, after they went to another process and back, makes the same keys and terms.
 */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import type { FileReader } from '../../src/configuration/files.ts';
import { noSigningKeys } from '../../src/configuration/keys/key-rings.ts';
import { check } from '../../src/configuration/reload/check.ts';
import {
  CollectedInputs,
  filesOf,
  KeptFiles,
  type LoadInputs,
  repeatLoad,
} from '../../src/configuration/reload/load-inputs.ts';
import { type Candidate, Reloader } from '../../src/configuration/reload/reload.ts';
import { deserializeKeys, serializeKeys } from '../../src/configuration/reload/serialized-keys.ts';
import type { Snapshot } from '../../src/configuration/snapshot.ts';
import { finish } from '../../src/diagnostics/steps.ts';
import { heldKey } from '../../src/keys/held-key.ts';
import { type KeyRing, signerAt } from '../../src/keys/rotation.ts';
import { loadConfiguration } from './loading.ts';
import { flexPolicy, memoryFiles, startsOnly } from './memory-files.ts';

const start = 1_700_000_000_000;

function travelled({ before, ...inputs }: LoadInputs): LoadInputs {
  const { before: stored, ...rest } = deserialize(serialize({ ...inputs, before: serializeKeys(before) }));
  return { ...rest, before: deserializeKeys(stored) };
}

function repeated(inputs: LoadInputs): Snapshot {
  const { file, version, before, now } = travelled(inputs);
  const { snapshot } = loadConfiguration(file, { files: filesOf(inputs), version, before, now: () => now });
  assert.ok(snapshot);
  return snapshot;
}

/** The rings and the generated keys, as bytes. */
function contents({ keys }: Snapshot): unknown {
  return [Array.from(keys.rings, ([name, ring]) => [name, shown(ring)]), [...keys.generated.keys()]];
}

function shown(ring: KeyRing | undefined): unknown[] {
  return (ring ?? []).map(({ held, ...times }) => {
    const { key, ...rest } = held;
    const bytes = key.type === 'secret' ? key.export() : key.export({ format: 'der', type: 'pkcs8' });
    return { ...times, ...rest, key: bytes.toString('hex') };
  });
}

for (const algorithm of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
  test(`${algorithm}: a key that was generated, and the one before it that still signs`, async () => {
    const text = { 'conf.yaml': '', 'a.yaml': flexPolicy({}, '').replace('HS256', algorithm) };
    let now = start;
    const files: FileReader = { read: (path) => memoryFiles(text).read(path), list: () => assert.fail() };
    const reloader = new Reloader('conf.yaml', { ...startsOnly, files, now: () => now });
    const load = async (key: string): Promise<Candidate> => {
      text['conf.yaml'] = configuration(key, algorithm);
      const result = await reloader.start();
      assert.equal(result.kind, 'loaded', JSON.stringify(result));
      reloader.adopt(result.snapshot);
      return result;
    };
    const first = await load('old');
    assert.deepEqual(contents(repeated(first.inputs)), contents(first.snapshot));
    now += 60_000;
    const second = await load('new');
    const again = repeated(second.inputs);
    assert.equal(again.version, 2);
    assert.deepEqual(contents(again), contents(second.snapshot));
    const ring = again.keys.rings.get('a') ?? [];
    assert.equal(ring.length, 2);
    const [old] = first.snapshot.keys.rings.get('a') ?? [];
    // No verifier has to learn of a secret first.
    const signs = algorithm !== 'HS256';
    assert.equal(old !== undefined && signerAt(ring, now)?.held.key.equals(old.held.key), signs);
  });
}

/** A policy that signs with a key that is generated under this name. */
function configuration(key: string, algorithm: string): string {
  const policies = 'policies: [{ name: a, file: a.yaml, key: NAME }]\nroutes: [{ match: {}, policies: [a] }]\n';
  const keys = `jwks: { listen: "127.0.0.1:1", publishAhead: 1h }\nkeys: { NAME: { generate: ${algorithm} } }\n`;
  return `${policies}${keys}`.replaceAll('NAME', key);
}

const past = { algorithms: new Set(['ES512']), since: 0, until: 2, activeFrom: 1 };

test('keys of every kind come back as they went', () => {
  const pairs = [
    generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    generateKeyPairSync('ml-dsa-44'),
  ];
  for (const { privateKey } of pairs) {
    const held = heldKey(privateKey, { kid: 'k', certificates: [new Uint8Array([1])] });
    const remembered = { held: { ...held, key: createPublicKey(privateKey) }, ...past };
    const kept = { rings: new Map(), generated: new Map([['k', held]]), remembered: [remembered] };
    const stored = deserializeKeys(deserialize(serialize(serializeKeys(kept))));
    assert.ok(stored.remembered[0]?.held.key.equals(remembered.held.key));
    const back = stored.generated.get('k');
    assert.ok(back?.key.equals(privateKey));
    assert.deepEqual({ ...back, key: 0 }, { ...held, key: 0 });
  }
});

test('a file that could not be read stays so; a file that was not read before is a defect', () => {
  const kept = new KeptFiles(memoryFiles({ a: 'x', 'folder/b': 'y' }));
  for (const path of ['a', 'none']) kept.read(path);
  for (const path of ['folder', 'none']) kept.list(path);
  const files = filesOf(kept);
  assert.deepEqual(files.read('a'), { kind: 'bytes', bytes: Buffer.from('x') });
  assert.deepEqual(files.read('none'), { kind: 'failed', reason: 'does not exist' });
  assert.deepEqual(files.list('folder'), { kind: 'names', names: ['b'] });
  assert.throws(() => files.read('folder/b'), { message: /did not read/ });
  assert.throws(() => files.list('elsewhere'), TypeError);
});

test('nothing is read twice in one load', () => {
  let reads = 0;
  const kept = new KeptFiles(memoryFiles({ a: 'x' }));
  const counted = new KeptFiles({
    read(path) {
      reads++;
      return kept.read(path);
    },
    list: kept.list,
  });
  assert.equal(counted.read('a'), counted.read('a'));
  assert.equal(reads, 1);
});

test('a key that a password opens is opened by the check, and not again', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const sealed = { cipher: 'aes-256-cbc', passphrase: 'secret', type: 'pkcs8', format: 'pem' } as const;
  const files = memoryFiles({
    'conf.yaml': `${configuration('k', 'EdDSA').replace('generate: EdDSA', 'file: k.pem, passphrase: { file: word }')}`,
    'a.yaml': flexPolicy({}, '').replace('HS256', 'EdDSA'),
    'k.pem': privateKey.export(sealed),
    word: 'secret\n',
  });
  const arriving = new CollectedInputs();
  let unlocked: LoadInputs['unlocked'] = new Map();
  await check({ file: 'conf.yaml', now: start }, { files }, (message) => {
    if (message.kind === 'file' || message.kind === 'folder') arriving.take(message);
    if (message.kind === 'end') unlocked = message.unlocked;
  });
  assert.equal(unlocked.size, 1);
  // Were it opened again, the key in the file would sign.
  const other = generateKeyPairSync('ed25519').privateKey;
  const bytes = other.export({ type: 'pkcs8', format: 'der' });
  const exchanged = new Map(Array.from(unlocked, ([id, opened]) => [id, { ...opened, key: bytes }]));
  const given = { file: 'conf.yaml', version: 1, now: start, announcedIn: 0, before: noSigningKeys };
  const inputs = { ...arriving, ...given, unlocked: exchanged, outside: new Map() };
  const [signing] = finish(repeatLoad(inputs, {})).snapshot?.keys.rings.get('a') ?? [];
  assert.ok(signing?.held.key.equals(other));
});
