/**
 * @module
 * Writes the files of a command into a folder: all of them or, if something is in the way, none.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listed } from '../diagnostics/listing.ts';
import { CommandError } from './terminal.ts';

export interface NewFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Only its owner may read it. */
  readonly isPrivate?: boolean;
}

export interface WriteOptions {
  /** Whether files of these names are replaced. */
  readonly force: boolean;
}

/**
 * The files are written into a new folder beside their places first, so that a full disk leaves nothing half-written.
 *
 * @returns their paths
 * @throws CommandError
 */
export function writeFiles(folder: string, files: readonly NewFile[], { force }: WriteOptions): readonly string[] {
  return explaining(folder, () => {
    checkTargets(folder, files, force);
    mkdirSync(folder, { recursive: true });
    const draft = join(folder, `.mintproc-${randomBytes(6).toString('hex')}`);
    try {
      for (const file of files) writeDraft(draft, file);
      for (const { path } of files) {
        makeFolder(dirname(join(folder, path)), path.startsWith('keys/'));
        renameSync(join(draft, path), join(folder, path));
      }
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
    return files.map(({ path }) => join(folder, path));
  });
}

/**
 * For a command that asks questions before it knows all files.
 *
 * @throws CommandError if the file exists, or something else is in its way
 */
export function refuseExisting(folder: string, path: string): void {
  explaining(folder, () => checkTargets(folder, [{ path }], false));
}

function explaining<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new CommandError(`The files cannot be written to ${folder} (${String(error.code)}).`);
  }
}

function writeDraft(draft: string, { path, bytes, isPrivate }: NewFile): void {
  const target = join(draft, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  writeFileSync(target, bytes);
  if (isPrivate === true) chmodSync(target, 0o600);
}

/** A new folder of keys is its owner's alone, whatever the umask; one that is there stays as it is. */
function makeFolder(folder: string, isOfKeys: boolean): void {
  const made = mkdirSync(folder, { recursive: true, ...(isOfKeys ? { mode: 0o700 } : {}) });
  if (isOfKeys && made !== undefined) chmodSync(folder, 0o700);
}

function checkTargets(folder: string, files: readonly Pick<NewFile, 'path'>[], force: boolean): void {
  const there = files.map(({ path }) => path).filter((path) => isFileThere(folder, path));
  if (there.length === 0 || force) return;
  const [verb, them] = there.length === 1 ? ['exists', 'it'] : ['exist', 'them'];
  const names = listed(there.map((path) => join(folder, path)));
  throw new CommandError(`${names} ${verb} already. Use --force to overwrite ${them}.`);
}

/** @throws CommandError if something else is in the way */
function isFileThere(folder: string, path: string): boolean {
  const parts = path.split('/');
  const target = join(folder, path);
  for (const parent of parts.slice(1).map((_, index) => join(folder, ...parts.slice(0, index + 1)))) {
    // A link could lead anywhere.
    if (!['none', 'folder'].includes(kindOf(parent)))
      throw new CommandError(`${target} cannot be written: ${parent} is not a folder.`);
  }
  const kind = kindOf(target);
  if (kind === 'folder' || kind === 'other') throw new CommandError(`${target} cannot be written: it is not a file.`);
  return kind === 'file';
}

function kindOf(path: string): 'none' | 'file' | 'folder' | 'other' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'none';
  return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
}
