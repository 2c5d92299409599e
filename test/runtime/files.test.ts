import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { diskFiles, largestFile, readText } from '../../src/runtime/files.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mintproc-files-'));
  writeFileSync(join(folder, 'plain'), 'text\n');
  writeFileSync(join(folder, 'marked'), '\uFEFFtext');
  writeFileSync(join(folder, 'latin1'), Buffer.from('é', 'latin1'));
  writeFileSync(join(folder, 'largest'), Buffer.alloc(largestFile, 'a'));
  writeFileSync(join(folder, 'too-large'), Buffer.alloc(largestFile + 1, 'a'));
  symlinkSync('loop', join(folder, 'loop'));
});
after(() => rmSync(folder, { recursive: true }));

const texts: [file: string, expected: string][] = [
  ['plain', 'text\n'],
  ['marked', 'text'],
];
for (const [file, expected] of texts) {
  test(`${file} is read`, () => {
    assert.deepEqual(readText(diskFiles, join(folder, file)), { kind: 'text', text: expected });
  });
}

test('a file may have the largest size', () => {
  const read = readText(diskFiles, join(folder, 'largest'));
  assert.equal(read.kind === 'text' && read.text.length, largestFile);
});

const failures: [file: string, reason: string][] = [
  ['missing', 'does not exist'],
  ['plain/below', 'does not exist: a part of its path is not a folder'],
  ['.', 'is a folder'],
  ['latin1', 'is not UTF-8 text'],
  ['too-large', `is larger than ${largestFile} bytes`],
  ['loop', 'is a symbolic link that leads nowhere'],
  ['x'.repeat(300), 'cannot be read (ENAMETOOLONG)'],
];
for (const [file, reason] of failures) {
  test(`${file.slice(0, 20)} ${reason}`, () => {
    assert.deepEqual(readText(diskFiles, join(folder, file)), { kind: 'failed', reason });
  });
}

test('a path with a zero byte is no file', () => {
  assert.equal(readText(diskFiles, 'a\0b').kind, 'failed');
});
