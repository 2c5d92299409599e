/**
 * @module
 * A program for `full-disk.test.ts`: writes a token, fills the disk, tries to replace the token and takes it away.
 *
 * Another program then puts a link to a file of its own there.
 *
 * `node full-disk.ts FOLDER`, where FOLDER is a disk of its own; prints what came of each step.
 */
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { TokenDisk } from '../../src/sds/token-disk.ts';

const [folder = ''] = process.argv.slice(2);
const path = join(folder, 'token.json');
const text = (value: string): string =>
  `{"resources":[{"@type":"type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret","generic_secret":{"secret":{"inline_string":"${value}"}}}]}\n`;

function fill(): void {
  const descriptor = openSync(join(folder, 'filler'), 'w');
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(4096));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

const disk = new TokenDisk();
const [foreign, foreignText] = [join(folder, 'foreign'), `a key ${'k'.repeat(500)}`];
const linked = text('of another program, behind a link');
writeFileSync(foreign, foreignText);
writeFileSync(join(folder, 'linked'), linked);
const put = async (value: string): Promise<string> => (await disk.put(path, text(value), Date.now()))?.reason ?? 'done';
const first = await put('a token');
fill();
const longer = await put('a longer token');
// Envoy reads a file again when it is moved into its place, not when it is written.
const moved = new Promise<void>((resolve) => {
  const watcher = watch(folder, { persistent: false }, (event, name) => {
    if (event !== 'rename' || name !== 'token.json') return;
    watcher.close();
    resolve();
  });
});
const empty = await put('');
const isEmpty = readFileSync(path, 'utf8') === text('');
await moved;
rmSync(path);
fill();
symlinkSync('linked', path);
const link = await put('');
renameSync(foreign, path);
const other = await put('');
const areLeft = readFileSync(path, 'utf8') === foreignText && readFileSync(join(folder, 'linked'), 'utf8') === linked;
process.stdout.write(JSON.stringify({ first, longer, empty, isEmpty, link, other, areLeft }));
