/**
 * @module
 * When a token is made anew and when it is taken away, with real files and a clock that the test sets.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heldKey } from '../../src/keys/held-key.ts';
import { secretDocument } from '../../src/sds/secret-document.ts';
import { FileWorld, lifetime, NumberedSource, start } from './files.ts';

const keys = [1, 2].map(() => heldKey(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey));

/** `exp`, counted from the start. */
const end = lifetime - 500;
const margin = 5_000;

test('a token is made anew at two thirds of its life, or up to a tenth earlier', async () => {
  for (const [random, due] of [
    [0, (lifetime * 2) / 3],
    [0.5, lifetime * (2 / 3 - 0.05)],
  ] as const) {
    using world = new FileWorld(new NumberedSource(), random);
    assert.equal(await world.at(0), 'Bearer one-1');
    assert.equal(await world.at(due - 1), 'Bearer one-1');
    assert.equal(await world.at(due + 1), 'Bearer one-2');
    assert.deepEqual(world.told, ['token', 'token']);
  }
});

test('a file is only for the owner to change and for the group to read, and has nothing beside it', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  assert.equal(statSync(world.path).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(world.folder), ['orders.json']);
});

test('a token is made anew when the next key begins to sign', async () => {
  const source = new NumberedSource();
  source.switchAt = start + 10_000;
  using world = new FileWorld(source);
  await world.at(0);
  assert.equal(await world.at(9_999), 'Bearer one-1');
  assert.equal(await world.at(10_000), 'Bearer one-2');
});

test('a token is made anew when the clock is set back', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  assert.equal(await world.at(-1), 'Bearer one-2');
});

test('a token that cannot be made anew stays until shortly before its end', async () => {
  const source = new NumberedSource();
  using world = new FileWorld(source);
  await world.at(0);
  source.fails = true;
  assert.equal(await world.at(250_000), 'Bearer one-1');
  assert.equal(await world.at(end - margin - 1), 'Bearer one-1');
  assert.equal(world.file.dueAt, start + end - margin);
  assert.equal(await world.at(end - margin), '');
  assert.deepEqual(world.told, ['token', ...new Array(3).fill('mint signer.unreachable'), 'empty']);
  source.fails = false;
  assert.equal(await world.at(end + 120_000), 'Bearer one-2');
});

test('attempts after failures are further and further apart, up to a minute', async () => {
  const source = new NumberedSource();
  source.fails = true;
  using world = new FileWorld(source);
  const pauses: number[] = [];
  for (let time = 0; pauses.length < 9; ) {
    assert.equal(await world.at(time), '');
    pauses.push(world.file.dueAt - world.now);
    time = world.file.dueAt - start;
  }
  assert.deepEqual(
    pauses,
    [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000),
  );
});

test('an attempt follows earlier by chance, by half of its pause at most, and a success ends the pauses', async () => {
  const source = new NumberedSource();
  source.fails = true;
  using world = new FileWorld(source, 1);
  assert.equal(await world.at(0), '');
  assert.equal(world.file.dueAt, start + 500);
  await world.at(500);
  assert.equal(world.file.dueAt, start + 500 + 1_000);
  source.fails = false;
  await world.at(1_500);
  source.fails = true;
  const due = world.file.dueAt - start;
  await world.at(due);
  assert.equal(world.file.dueAt, start + due + 500);
});

test('a reload ends the pauses between attempts', async () => {
  const source = new NumberedSource();
  source.fails = true;
  using world = new FileWorld(source);
  await world.at(0);
  await world.at(1_000);
  world.file.use(Object.assign(new NumberedSource(), { fails: true }));
  await world.at(1_001);
  assert.equal(world.file.dueAt, start + 1_001 + 1_000);
});

test('a short token stays for the first nine tenths of its life if it cannot be made anew', async () => {
  const source = Object.assign(new NumberedSource(), { lifetime: 10_000 });
  using world = new FileWorld(source);
  await world.at(0);
  source.fails = true;
  await world.at(7_000);
  // Its `exp` is in whole seconds, and the start is half a second after one.
  assert.equal(await world.at(8_499), 'Bearer one-1');
  assert.equal(await world.at(8_500), '');
});

test('a reload that changes nothing of the token leaves it', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  world.file.use(new NumberedSource());
  assert.equal(await world.at(1_000), 'Bearer one-1');
  assert.deepEqual(world.told, ['token']);
});

const reloads: [name: string, change: (source: NumberedSource) => void, value: string][] = [
  ['another policy, which can be minted', () => undefined, 'Bearer two-1'],
  ['another policy, which cannot', (source) => Object.assign(source, { fails: true }), ''],
];

for (const [name, change, value] of reloads) {
  test(`a reload: ${name}`, async () => {
    using world = new FileWorld(new NumberedSource('one'));
    await world.at(0);
    const next = new NumberedSource('two');
    change(next);
    world.file.use(next);
    assert.equal(await world.at(1), value);
  });
}

test('a reload that announces the next key brings its token when that key begins to sign', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  const announced = new NumberedSource();
  announced.switchAt = start + 10_000;
  world.file.use(announced);
  assert.equal(await world.at(9_999), 'Bearer one-1');
  assert.equal(announced.minted, 0);
  await world.at(10_000);
  assert.equal(announced.minted, 1);
});

test('a reload that changes nothing does not put the next token off', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  const { dueAt } = world.file;
  world.file.use(Object.assign(new NumberedSource(), { switchAt: dueAt + 1 }));
  assert.equal(world.file.dueAt, dueAt);
});

test('a token that was being made while a reload came is never written', async () => {
  const source = new NumberedSource('one');
  using world = new FileWorld(source);
  source.whileMinting = () => world.file.use(new NumberedSource('two'));
  await world.file.step();
  assert.deepEqual(world.told, []);
  assert.equal(await world.at(0), 'Bearer two-1');
});

test('a reload while the file is written is followed by its own token', async () => {
  const next = new NumberedSource('two');
  class Reloaded extends NumberedSource {
    /** It is asked when the token is there and its file is not. */
    override signerAt(): undefined {
      world.file.use(next);
    }
  }
  using world = new FileWorld(new Reloaded('one'));
  await world.at(0);
  assert.equal(await world.at(0), 'Bearer two-1');
});

const [first, second] = keys;
const revocations: [name: string, next: Partial<NumberedSource>, value: string][] = [
  ['another key signs', { signer: second, revoked: first }, 'Bearer one-1'],
  ['no key is left', { signer: undefined, revoked: first, fails: true }, ''],
  // Its verifiers still know the key that made the token.
  ['a replaced key, and the service of the new one is away', { signer: second, fails: true }, 'Bearer one-1'],
];

for (const [name, next, value] of revocations) {
  test(`a revoked key: ${name}`, async () => {
    const source = Object.assign(new NumberedSource(), { signer: first });
    using world = new FileWorld(source);
    await world.at(0);
    const reloaded = Object.assign(new NumberedSource(), next);
    world.file.use(reloaded);
    assert.equal(await world.at(1), value);
    assert.equal(reloaded.minted, next.fails === true ? 0 : 1);
  });
}

test('a key with another name signs another token, since the header of a token has the name', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  using world = new FileWorld(Object.assign(new NumberedSource(), { signer: heldKey(publicKey, { kid: 'old' }) }));
  await world.at(0);
  const renamed = Object.assign(new NumberedSource(), { signer: heldKey(publicKey, { kid: 'new' }) });
  world.file.use(renamed);
  await world.at(1);
  assert.equal(renamed.minted, 1);
});

test('a file that no entry has any more has no token', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  world.file.use(undefined);
  assert.equal(world.file.isOver, false);
  assert.equal(await world.at(1), '');
  assert.equal(world.file.isOver, true);
  assert.deepEqual(world.told, ['token', 'gone']);
});

test('the token of an earlier run goes if none can be made', async () => {
  const source = new NumberedSource();
  source.fails = true;
  using before = new FileWorld(new NumberedSource());
  await before.at(0);
  using world = new FileWorld(source);
  writeFileSync(world.path, readFileSync(before.path));
  assert.equal(await world.at(0), '');
});

const foreign: [name: string, text: string][] = [
  ['a key', '-----BEGIN PRIVATE KEY-----'],
  ['a policy', '[{"policyRef":{}}]'],
  ['other resources', '{"resources":[{"@type":"type.googleapis.com/envoy.config.cluster.v3.Cluster"}]}'],
  [
    'a certificate for Envoy',
    '{"resources":[{"@type":"type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret","tls_certificate":{}}]}',
  ],
];

for (const [name, text] of foreign) {
  test(`a file with ${name} is not replaced`, async () => {
    using world = new FileWorld(new NumberedSource());
    writeFileSync(world.path, text);
    await world.file.step();
    assert.equal(readFileSync(world.path, 'utf8'), text);
    assert.deepEqual(new Set(world.told), new Set(['write sds.foreign-file']));
  });
}

const unusual: readonly [name: string, make: (path: string) => void][] = [
  ['a pipe', (path) => void execFileSync('mkfifo', [path])],
  ['a link to a device', (path) => symlinkSync('/dev/null', path)],
];

for (const [name, make] of unusual) {
  test(`${name} is not replaced, nor waited for`, async () => {
    using world = new FileWorld(new NumberedSource());
    make(world.path);
    await world.file.step();
    assert.equal(lstatSync(world.path).isFile(), false);
    assert.deepEqual(new Set(world.told), new Set(['write sds.foreign-file']));
  });

  test(`${name} that somebody has put in its place is left at the end`, async () => {
    using world = new FileWorld(new NumberedSource());
    await world.at(0);
    rmSync(world.path);
    make(world.path);
    await world.file.clearOwn();
    assert.equal(lstatSync(world.path).isFile(), false);
  });
}

for (const [name, text] of [
  ['an empty file', ''],
  ['a file with a line break', '\n'],
] as const) {
  test(`${name} is replaced`, async () => {
    using world = new FileWorld(new NumberedSource());
    writeFileSync(world.path, text);
    assert.equal(await world.at(0), 'Bearer one-1');
  });
}

for (const [bytes, value] of [
  [1_048_576, 'Bearer one-1'],
  [1_048_577, 'Bearer old'],
] as const) {
  test(`a file of ${bytes} bytes with a token is ${value === 'Bearer old' ? 'not ' : ''}replaced`, async () => {
    using world = new FileWorld(new NumberedSource());
    writeFileSync(world.path, secretDocument('orders', 'Bearer old').padEnd(bytes));
    assert.equal(await world.at(0), value);
  });
}

test('what a process left that was killed while it wrote is removed after a while', async () => {
  using world = new FileWorld(new NumberedSource());
  const [old, recent] = ['.orders.json.0123456789ab', '.orders.json.ba9876543210'];
  for (const name of [old, recent]) writeFileSync(join(world.folder, name), 'Bearer old');
  utimesSync(join(world.folder, old), 0, 0);
  utimesSync(join(world.folder, recent), start / 1000, start / 1000);
  await world.at(0);
  assert.deepEqual(readdirSync(world.folder).sort(), [recent, 'orders.json'].sort());
});

test('a folder that is missing is tried again', async () => {
  using world = new FileWorld(new NumberedSource());
  rmSync(world.folder, { recursive: true });
  await world.file.step();
  assert.deepEqual(new Set(world.told), new Set(['write sds.unwritten']));
  mkdirSync(world.folder);
  assert.equal(await world.at(1_000), 'Bearer one-2');
});

test('at the end a token is taken away, unless another process has replaced it', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  await world.file.clearOwn();
  assert.equal(world.value, '');
  using other = new FileWorld(new NumberedSource());
  await other.at(0);
  const successor = readFileSync(other.path, 'utf8').replace('one-1', 'two-1');
  writeFileSync(other.path, successor);
  await other.file.clearOwn();
  assert.equal(other.value, 'Bearer two-1');
});
