import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

test('no private key is committed: tests make theirs', () => {
  // What git has, or would take: keys of one's own may lie in a clone, where git ignores them.
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const names = String(listed).split('\0');
  assert.ok(names.includes('package.json'));
  assert.deepEqual(
    names.filter((name) => /\.(?:pem|key|p12|pfx|jks)$/.test(name)),
    [],
  );
});
