import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { diskFiles, type FileContents, givenFiles, largestFile, readTextFile } from '../../src/configuration/files.ts';
import { AsyncFiles } from '../../src/configuration/reload/async-files.ts';

const server = createServer();
let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'mintproc-files-'));
  writeFileSync(join(folder, 'plain'), 'text\n');
  writeFileSync(join(folder, 'marked'), '\uFEFFtext');
  writeFileSync(join(folder, 'latin1'), Buffer.from('é', 'latin1'));
  writeFileSync(join(folder, 'largest'), Buffer.alloc(largestFile, 'a'));
  writeFileSync(join(folder, 'too-large'), Buffer.alloc(largestFile + 1, 'a'));
  symlinkSync('loop', join(folder, 'loop'));
  symlinkSync('plain', join(folder, 'link'));
  symlinkSync('pipe', join(folder, 'link-to-pipe'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  server.listen(join(folder, 'socket'));
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const watched = new AsyncFiles();

/** Both readers give the same results: at the start, and while serving. */
const readers: readonly [name: string, read: (path: string) => FileContents | Promise<FileContents>][] = [
  ['at the start', (path) => diskFiles.read(path)],
  ['while serving', (path) => watched.read(path)],
];

const texts: [file: string, expected: string][] = [
  ['plain', 'text\n'],
  ['marked', 'text'],
  ['link', 'text\n'],
];

const failures: [file: string, reason: string][] = [
  ['missing', 'does not exist'],
  ['plain/below', 'does not exist: a part of its path is not a folder'],
  ['.', 'is a folder'],
  ['latin1', 'is not UTF-8 text'],
  ['too-large', `is larger than ${largestFile} bytes`],
  ['loop', 'is a symbolic link that leads nowhere'],
  ['pipe', 'is a pipe; only regular files are read'],
  ['link-to-pipe', 'is a pipe; only regular files are read'],
  ['/dev/zero', 'is a device; only regular files are read'],
  ['socket', 'is a socket or a device; only regular files are read'],
  ['x'.repeat(300), 'cannot be read (ENAMETOOLONG)'],
];

for (const [when, read] of readers) {
  for (const [file, text] of texts) {
    test(`${file} is read ${when}`, async () => {
      const contents = await read(join(folder, file));
      assert.deepEqual(readTextFile({ read: () => contents }, file), { kind: 'text', text });
    });
  }

  test(`a file may have the largest size ${when}`, async () => {
    const contents = await read(join(folder, 'largest'));
    assert.equal(contents.kind === 'bytes' && contents.bytes.length, largestFile);
  });

  for (const [file, reason] of failures) {
    test(`${file.slice(0, 20)} ${reason}, ${when}`, async () => {
      const contents = await read(file.startsWith('/') ? file : join(folder, file));
      assert.deepEqual(readTextFile({ read: () => contents }, file), { kind: 'failed', reason });
    });
  }
}

test('a file that outgrows the largest size while it is read is refused, while serving', async (t) => {
  const path = join(folder, 'largest');
  const handle = await open(path);
  const { stat } = Object.getPrototypeOf(handle) as typeof handle;
  t.mock.method(Object.getPrototypeOf(handle) as typeof handle, 'stat', async function (this: typeof handle) {
    const before = await stat.call(this);
    appendFileSync(path, 'a');
    return before;
  });
  t.after(() => truncateSync(path, largestFile));
  await handle.close();
  const contents = await watched.read(path);
  assert.equal(contents.kind === 'failed' && contents.reason, `is larger than ${largestFile} bytes`);
});

test('a file on the command line may be a pipe', () => {
  const reading = `import { givenFiles, readTextFile } from './src/configuration/files.ts';
    console.log(readTextFile(givenFiles, '/dev/stdin').text)`;
  const command = `echo piped | "$0" --input-type=module-typescript -e "$1"`;
  const out = execFileSync('sh', ['-c', command, process.execPath, reading], { cwd: root });
  assert.equal(out.toString(), 'piped\n\n');
  assert.deepEqual(readTextFile(givenFiles, join(folder, 'missing')), { kind: 'failed', reason: 'does not exist' });
});

const root = join(import.meta.dirname, '..', '..');

test('a path with a zero byte is not a file', () => {
  assert.equal(readTextFile(diskFiles, 'a\0b').kind, 'failed');
});
