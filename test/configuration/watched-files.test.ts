import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { FileContents } from '../../src/configuration/files.ts';
import { type Disk, WatchedFiles } from '../../src/configuration/reload/watched-files.ts';
import { LocatedError } from '../../src/diagnostics/problem.ts';

const found: FileContents = { kind: 'bytes', bytes: Buffer.from('x') };

/** A file system of which one file answers only when it is let go. */
function stallingDisk(): Disk & { readonly asked: string[]; letGo(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const asked: string[] = [];
  return {
    asked,
    letGo: resolve,
    async read(path) {
      asked.push(path);
      if (path === 'stalled') await promise;
      return found;
    },
    list: () => assert.fail(),
    reach: async () => undefined,
  };
}

const isNoAnswer = (path: string) => (error: unknown) =>
  error instanceof LocatedError && error.message === `The file system of ${dirname(path)} has not answered for 0.02 s.`;

test('H6: a file system that stalls is given up after a while, and asked nothing until it answers', async () => {
  const disk = stallingDisk();
  const files = new WatchedFiles(20, disk);
  assert.equal(await files.read('other'), found);
  await assert.rejects(files.read('stalled'), isNoAnswer('stalled'));
  for (let i = 0; i < 3; i++) await assert.rejects(files.read('other'), isNoAnswer('stalled'));
  await assert.rejects(files.reach('folder'), isNoAnswer('stalled'));
  assert.deepEqual(disk.asked, ['other', 'stalled']);
  disk.letGo();
  await new Promise((next) => setImmediate(next));
  assert.equal(await files.read('other'), found);
});
