/**
 * @module
 * A file system that does not answer: a named pipe stands for it, since whoever opens it waits for the other end.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { secretDocument } from '../../src/sds/secret-document.ts';
import { TokenDisk } from '../../src/sds/token-disk.ts';

/** Milliseconds that a write may take. */
const limit = 10_000;

const text = secretDocument('a', 'Bearer a');

test('a file system that does not answer is waited for ten seconds, and holds two of the threads at most', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-stalled-'));
  t.after(() => rmSync(folder, { recursive: true }));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [one, two, three] = ['1.json', '2.json', '3.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [one, two]) assert.equal(spawnSync('mkfifo', [path]).status, 0);
  const disk = new TokenDisk();
  const reasons: (string | undefined)[] = [];
  const put = async (path: string): Promise<void> => {
    reasons.push((await disk.put(path, text, 0))?.reason);
  };
  const stalled = 'The file system of the token file does not answer.';
  const first = put(one);
  t.mock.timers.tick(limit - 1);
  await setImmediate();
  assert.deepEqual(reasons, []);
  t.mock.timers.tick(1);
  await first;
  assert.deepEqual(reasons, [stalled]);
  // The same file is not tried again, and no file is read to compare.
  await put(one);
  assert.equal(await disk.has(three, text), false);
  await put(three);
  assert.deepEqual(reasons, [stalled, stalled, undefined]);
  const second = put(two);
  t.mock.timers.tick(limit);
  await second;
  await put(three);
  assert.deepEqual(reasons.slice(3), [stalled, stalled]);
  // The file systems answer: the writes that were waited for come to their end, and others follow.
  for (const path of [one, two]) await writeFile(path, '');
  while (![one, two].every((path) => statSync(path).isFile())) await setImmediate();
  while (!(await disk.has(one, text))) await setImmediate();
  await put(three);
  assert.equal(reasons.at(-1), undefined);
});
