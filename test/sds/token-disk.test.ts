/**
 * @module
 * A file system that does not answer, and what a look at a file finds.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { writeAside } from '../../src/publishing/write-aside.ts';
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
  const answers = Promise.withResolvers<void>();
  const disk = new TokenDisk(async (path, bytes, mode) => {
    if (path !== three) await answers.promise;
    return writeAside(path, bytes, mode);
  });
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
  assert.equal(await disk.compare(three, text), 'unknown');
  await put(three);
  assert.deepEqual(reasons, [stalled, stalled, undefined]);
  const second = put(two);
  t.mock.timers.tick(limit);
  await second;
  await put(three);
  assert.deepEqual(reasons.slice(3), [stalled, stalled]);
  // The file systems answer: the writes that were waited for come to their end, and others follow.
  answers.resolve();
  while (![one, two].every((path) => existsSync(path))) await setImmediate();
  while ((await disk.compare(one, text)) !== 'same') await setImmediate();
  await put(three);
  assert.equal(reasons.at(-1), undefined);
});

const folder = mkdtempSync(join(tmpdir(), 'mintproc-compared-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
writeFileSync(at('same'), text);
writeFileSync(at('other'), secretDocument('a', 'Bearer b'));
writeFileSync(at('large'), text);
truncateSync(at('large'), 8 * 1024 ** 3);
mkdirSync(at('folder'));
symlinkSync('same', at('link'));
symlinkSync('nowhere', at('lost'));
execFileSync('mkfifo', [at('pipe')]);

const looks: readonly [name: string, found: string][] = [
  ['same', 'same'],
  ['link', 'same'],
  ['other', 'other'],
  ['missing', 'other'],
  ['missing/a', 'other'],
  ['same/a', 'other'],
  ['lost', 'other'],
  ['folder', 'other'],
  ['pipe', 'other'],
  ['large', 'other'],
  // An error that does not tell about the file (ENAMETOOLONG).
  ['x'.repeat(256), 'unknown'],
];

for (const [name, found] of looks) {
  test(`a look at ${name.slice(0, 10)} finds: ${found}`, async () => {
    assert.equal(await new TokenDisk().compare(at(name), text), found);
  });
}
