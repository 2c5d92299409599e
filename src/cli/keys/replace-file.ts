/**
 * @module
 * Writes files in whose place no reader may see half a file: aside first, then renamed.
 */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CommandError } from '../terminal.ts';

/** The permissions and the owner that a new file gets. */
export interface FileRights {
  readonly mode: number;
  /** Only root can give a file to another user; for others it is their own. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** The name of the file for which a file was written aside; undefined if the name is not that of one. */
export function draftOf(name: string): string | undefined {
  return /^\.(.+)\.[0-9a-f]{12}$/.exec(name)?.[1];
}

/** @throws the error of the file system; a file that was there stays */
export function replaceFile(path: string, bytes: Uint8Array | string, { mode, owner }: FileRights): void {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const descriptor = openSync(draft, 'wx', mode);
    try {
      writeFileSync(descriptor, bytes);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    chmodSync(draft, mode);
    if (owner !== undefined && process.getuid?.() === 0) chownSync(draft, owner.uid, owner.gid);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** After it, a power cut does not bring the old file back. Some network volumes cannot do it. */
function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    // The rename has succeeded, and nothing else can be done.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The mode and owner of a file that exists. */
export function rightsOf(path: string): FileRights {
  const { mode, uid, gid } = statSync(path);
  return { mode: mode & 0o7777, owner: { uid, gid } };
}

/**
 * The file that a path leads to. A link stays a link: its target is replaced.
 *
 * @throws CommandError if it cannot be replaced
 */
export function replaceable(path: string, what: string): string {
  const target = explained(what, () => realpathSync(path));
  checkWritable(dirname(target), what);
  explained(what, () => accessSync(target, constants.W_OK));
  return target;
}

/** @throws CommandError if no file can be written into the folder */
export function checkWritable(folder: string, what: string): void {
  explained(what, () => accessSync(folder, constants.W_OK | constants.X_OK));
}

function explained<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const hint =
      'In Kubernetes, a mounted Secret or ConfigMap is read-only: run the command on a copy, and apply that.';
    throw new CommandError(`${what} cannot be written (${String(error.code)}), so nothing was changed. ${hint}`);
  }
}
