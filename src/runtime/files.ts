/**
 * @module
 * How the runtime reads files: an interface, so that loading can be tested without a disk, and the real one.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';

export type FileContents =
  /** `mode`: the file's permission bits, where there are any. */
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

/** A ConfigMap holds at most 1 MiB; anything larger was named by mistake, and is not taken into memory. */
export const largestFile = 4 * 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EACCES: 'may not be read by this process',
  EPERM: 'may not be read by this process',
  EISDIR: 'is a folder',
  ELOOP: 'is a symbolic link that leads nowhere',
};

export const diskFiles: FileReader = {
  read: (path) => attempt(() => readWithin(path)),
  list: (path) => attempt(() => ({ kind: 'names', names: readdirSync(path) })),
};

function attempt<T>(read: () => T): T | Extract<FileContents, { readonly kind: 'failed' }> {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    return { kind: 'failed', reason: reasons[code] ?? `cannot be read (${code})` };
  }
}

/** Read piece by piece, because a pipe (`/dev/stdin`) does not tell its size. */
function readWithin(path: string): FileContents {
  const descriptor = openSync(path, 'r');
  try {
    const mode = fstatSync(descriptor).mode & 0o7777;
    const pieces: Buffer[] = [];
    let size = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(pieceSize);
      const length = readSync(descriptor, piece);
      if (length === 0) return { kind: 'bytes', bytes: Buffer.concat(pieces), mode };
      size += length;
      if (size > largestFile) return { kind: 'failed', reason: `is larger than ${largestFile} bytes` };
      pieces.push(piece.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}

const pieceSize = 64 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type TextContents = { readonly kind: 'text'; readonly text: string } | Extract<FileContents, { kind: 'failed' }>;

/** A file's text; a byte order mark is left out. */
export function readText(files: Pick<FileReader, 'read'>, path: string): TextContents {
  const contents = files.read(path);
  if (contents.kind === 'failed') return contents;
  try {
    return { kind: 'text', text: utf8.decode(contents.bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'failed', reason: 'is not UTF-8 text' };
  }
}
