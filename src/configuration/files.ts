/**
 * @module
 * Reading files while a configuration loads: an interface, and its implementation for the disk.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { noSuchFile } from '../diagnostics/missing-file.ts';

export type FileContents =
  /** `mode`: the file's permission bits, if it has any. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly mode?: number }
  /** `reason` ends a sentence that begins with the file's name. */
  | { readonly kind: 'failed'; readonly reason: string };

export type FolderContents =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | Extract<FileContents, { readonly kind: 'failed' }>;

export interface FileReader {
  read(path: string): FileContents;
  /** The names in a folder, in any order. */
  list(path: string): FolderContents;
}

/** A ConfigMap holds at most 1 MiB; a file far larger was named by mistake and is not read into memory. */
export const largestFile = 4 * 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: noSuchFile,
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EACCES: 'may not be read by this process',
  EPERM: 'may not be read by this process',
  EISDIR: 'is a folder',
  ELOOP: 'is a symbolic link that leads nowhere',
  ENXIO: 'is a socket or a device; only regular files are read',
};

/** Reads regular files and links to them: a pipe or a device may block its reader forever. */
export const diskFiles: FileReader = {
  read: (path) => attempt(() => readRegular(path)),
  list: (path) => attempt(() => ({ kind: 'names', names: readdirSync(path) })),
};

/** Reads files that a user names on the command line, pipes such as `/dev/stdin` included. */
export const givenFiles: Pick<FileReader, 'read'> = {
  read: (path) => attempt(() => withDescriptor(path, constants.O_RDONLY, readWithin)),
};

/** Without O_NONBLOCK, opening a pipe waits for a writer. */
export const withoutWaiting = constants.O_RDONLY | constants.O_NONBLOCK;

function attempt<T>(read: () => T): T | Failed {
  try {
    return read();
  } catch (error) {
    return failureOf(error);
  }
}

type Failed = Extract<FileContents, { readonly kind: 'failed' }>;

/** @throws `error` if it does not come from the system */
export function failureOf(error: unknown): Failed {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) throw error;
  return { kind: 'failed', reason: reasons[code] ?? `cannot be read (${code})` };
}

/** Why a file that was opened is not read; undefined if it is. */
export function refusalOf(stats: Stats): Failed | undefined {
  if (stats.isDirectory()) return { kind: 'failed', reason: 'is a folder' };
  if (stats.isFIFO()) return { kind: 'failed', reason: 'is a pipe; only regular files are read' };
  if (!stats.isFile()) return { kind: 'failed', reason: 'is a device; only regular files are read' };
  return stats.size > largestFile ? tooLarge : undefined;
}

export const tooLarge: Failed = { kind: 'failed', reason: `is larger than ${largestFile} bytes` };

function readRegular(path: string): FileContents {
  return withDescriptor(
    path,
    withoutWaiting,
    (descriptor) => refusalOf(fstatSync(descriptor)) ?? readWithin(descriptor),
  );
}

function withDescriptor(path: string, flags: number, read: (descriptor: number) => FileContents): FileContents {
  const descriptor = openSync(path, flags);
  try {
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads in chunks, because a pipe has no size, and a file may grow. */
function readWithin(descriptor: number): FileContents {
  const mode = fstatSync(descriptor).mode & 0o7777;
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkSize);
    const length = readSync(descriptor, chunk);
    if (length === 0) return { kind: 'bytes', bytes: Buffer.concat(chunks), mode };
    size += length;
    if (size > largestFile) return tooLarge;
    chunks.push(chunk.subarray(0, length));
  }
}

export const chunkSize = 64 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type TextContents = { readonly kind: 'text'; readonly text: string } | Failed;

/** A file's text, without its byte order mark. */
export function readTextFile(files: Pick<FileReader, 'read'>, path: string): TextContents {
  const contents = files.read(path);
  if (contents.kind === 'failed') return contents;
  try {
    return { kind: 'text', text: utf8.decode(contents.bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'failed', reason: 'is not UTF-8 text' };
  }
}

/**
 * A path that no shell has replaced the home folder in. Where a file is only read, its absence says so
 * (`missing-file.ts`); a file that is written later, or a pattern, needs this.
 */
export const withoutHome = [/^(?!~\/)/, 'must be the whole path: `~` is not the home folder here'] as const;

/**
 * Where a file is written on this disk: its folder without links. A link in place of the file is replaced, not
 * followed, so it counts as a file of its own. The path as it is written, if the folder is not there yet.
 */
export function placeOnDisk(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return resolve(path);
  }
}

/** Resolves a path that a configuration contains. @param folder the configuration's own */
export function resolveFrom(folder: string, file: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}
