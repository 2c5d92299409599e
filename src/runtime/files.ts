/**
 * @module
 * How the runtime reads files: an interface, so that loading can be tested without a disk, and the real one.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

export type FileContents =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `reason` ends a sentence that begins with the file's name. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface FileReader {
  read(path: string): FileContents;
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
  read(path) {
    try {
      return readWithin(path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
      if (code === undefined) throw error;
      return { kind: 'failed', reason: reasons[code] ?? `cannot be read (${code})` };
    }
  },
};

function readWithin(path: string): FileContents {
  // Without O_NONBLOCK a named pipe would hold the process until somebody writes to it.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return { kind: 'failed', reason: 'is a folder' };
    if (!stat.isFile()) return { kind: 'failed', reason: 'is not a regular file' };
    if (stat.size > largestFile) return { kind: 'failed', reason: `is larger than ${largestFile} bytes` };
    return { kind: 'bytes', bytes: readFileSync(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

export type TextContents = { readonly kind: 'text'; readonly text: string } | Extract<FileContents, { kind: 'failed' }>;

/** A file's text; a byte order mark is left out. */
export function readText(files: FileReader, path: string): TextContents {
  const contents = files.read(path);
  if (contents.kind === 'failed') return contents;
  try {
    return { kind: 'text', text: utf8.decode(contents.bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'failed', reason: 'is not UTF-8 text' };
  }
}
