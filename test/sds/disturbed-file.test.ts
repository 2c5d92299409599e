/**
 * @module
 * What becomes of a token file that something else writes or removes.
 */
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { secretDocument } from '../../src/sds/secret-document.ts';
import { FileWorld, NumberedSource, start } from './files.ts';

const foreign = secretDocument('orders', 'Bearer foreign');

const disturbances: readonly [name: string, disturb: (path: string) => void][] = [
  ['another token', (path) => writeFileSync(path, foreign)],
  ['no token', (path) => writeFileSync(path, secretDocument('orders', ''))],
  ['no text', (path) => writeFileSync(path, '')],
  ['no file', (path) => rmSync(path)],
];

for (const [name, disturb] of disturbances) {
  test(`a file is made anew if something else left there: ${name}`, async () => {
    using world = new FileWorld(new NumberedSource());
    await world.at(0);
    assert.equal(await world.file.isDisturbed(), false);
    disturb(world.path);
    assert.equal(await world.file.isDisturbed(), true);
    assert.equal(await world.at(1_000), 'Bearer one-2');
    assert.equal(await world.file.isDisturbed(), false);
    assert.deepEqual(world.told, ['token', 'changed', 'token']);
  });
}

test('a token of something else does not stay if none can be made', async () => {
  const source = new NumberedSource();
  using world = new FileWorld(source);
  await world.at(0);
  source.fails = true;
  writeFileSync(world.path, foreign);
  await world.file.isDisturbed();
  assert.equal(await world.at(1_000), '');
});

test('a token does not stay in a file that this process has emptied', async () => {
  const source = Object.assign(new NumberedSource(), { fails: true });
  using world = new FileWorld(source);
  assert.equal(await world.at(0), '');
  writeFileSync(world.path, foreign);
  assert.equal(await world.file.isDisturbed(), true);
  assert.equal(await world.at(1), '');
});

test('a key that was put where the token was stays', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  writeFileSync(world.path, '-----BEGIN PRIVATE KEY-----');
  await world.file.isDisturbed();
  world.now += 1_000;
  await world.file.step();
  assert.deepEqual(world.told, ['token', 'changed', 'write sds.foreign-file', 'write sds.foreign-file']);
  assert.equal(readFileSync(world.path, 'utf8'), '-----BEGIN PRIVATE KEY-----');
});

test('two that write one file do so less and less often, up to a minute, until one stops', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  const pauses: number[] = [];
  while (pauses.length < 7) {
    writeFileSync(world.path, foreign);
    assert.equal(await world.file.isDisturbed(), true);
    pauses.push(Math.max(0, world.file.dueAt - world.now));
    assert.equal(await world.file.isDisturbed(), false);
    await world.at(Math.max(world.now, world.file.dueAt) - start);
  }
  assert.deepEqual(
    pauses,
    [0, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000),
  );
  await world.at(world.file.dueAt - start);
  writeFileSync(world.path, foreign);
  await world.file.isDisturbed();
  assert.ok(world.file.dueAt <= world.now);
});

test('the last token of a process does not take away what something else has written', async () => {
  using world = new FileWorld(new NumberedSource());
  await world.at(0);
  writeFileSync(world.path, foreign);
  await world.file.clearOwn();
  assert.equal(world.value, 'Bearer foreign');
});
