/**
 * The modes of what `init` and `import` write. The umask is that of the process, so the tests of this file set it back.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeFiles } from '../../src/cli/written-files.ts';

const home = mkdtempSync(join(tmpdir(), 'mintproc-written-'));
after(() => rmSync(home, { recursive: true }));

const bytes = Buffer.from('x');
const files = [
  { path: 'keys/.gitignore', bytes },
  { path: 'keys/a.pem', bytes, isPrivate: true },
  { path: 'policies/a.xml', bytes },
];
const modeOf = (...path: readonly string[]): number => statSync(join(home, ...path)).mode & 0o777;

for (const umask of [0o000, 0o022, 0o077]) {
  test(`umask ${umask.toString(8)}: the folder of keys and a key are their owner's alone`, () => {
    const name = umask.toString(8);
    mkdirSync(join(home, name));
    const before = process.umask(umask);
    try {
      writeFiles(join(home, name), files, { force: false });
    } finally {
      process.umask(before);
    }
    assert.equal(modeOf(name, 'keys'), 0o700);
    assert.equal(modeOf(name, 'keys', 'a.pem'), 0o600);
    assert.equal(modeOf(name, 'policies'), 0o777 & ~umask);
  });
}

test('a folder of keys that is there keeps its mode', () => {
  mkdirSync(join(home, 'there', 'keys'), { recursive: true });
  chmodSync(join(home, 'there', 'keys'), 0o750);
  writeFiles(join(home, 'there'), files, { force: false });
  assert.equal(modeOf('there', 'keys'), 0o750);
});
