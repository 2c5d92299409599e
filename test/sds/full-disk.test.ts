import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const mayMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

/** Mounts a small disk on the folder, for this process only, and runs the program with it. */
const script = 'mount -t tmpfs -o size=64k none "$1" && exec "$2" "$3" "$1"';

test('on a full disk a token is not replaced, and is taken away', { skip: !mayMount && 'no mounts' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-full-'));
  const program = join(import.meta.dirname, 'full-disk.ts');
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', folder, process.execPath, program], {
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  assert.equal(stderr, '');
  const reason = 'The token file cannot be written (ENOSPC).';
  const { link, other, areLeft, ...own } = JSON.parse(stdout);
  assert.deepEqual(own, { first: 'done', longer: reason, empty: 'done', isEmpty: true });
  // What another program has put there stays.
  assert.deepEqual({ link, other, areLeft }, { link: reason, other: reason, areLeft: true });
});
