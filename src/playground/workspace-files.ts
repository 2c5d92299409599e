/**
 * @module
 * The files of a workspace while they load: what the page sent, and behind it the disk or nothing.
 */
import { join, normalize, resolve, sep } from 'node:path';
import type { FileReader } from '../configuration/files.ts';
import { noSuchFile } from '../diagnostics/missing-file.ts';
import type { WorkspaceFile } from './interface.ts';

/** A workspace's own configuration has this name. */
export const configurationName = 'mintproc.yaml';

const absent = { kind: 'failed', reason: noSuchFile } as const;

/** Nothing but these files: neither absolute paths nor those out of the folder lead anywhere. */
export function filesInMemory(files: readonly WorkspaceFile[]): FileReader {
  const texts = new Map(files.map(({ name, text }) => [normalize(name), text]));
  return {
    read: (path) => contentsOf(texts.get(normalize(path))),
    list: (path) => {
      const folder = normalize(path) === '.' ? '' : join(path, sep);
      const below = [...texts.keys()].filter((name) => name.startsWith(folder));
      const names = new Set(below.map((name) => name.slice(folder.length).split(sep)[0] ?? ''));
      return names.size === 0 && folder !== '' ? absent : { kind: 'names', names: [...names] };
    },
  };
}

/** These files in place of those of a folder. @param disk what has all others */
export function filesOver(folder: string, files: readonly WorkspaceFile[], disk: FileReader): FileReader {
  const texts = new Map(files.map(({ name, text }) => [resolve(folder, name), text]));
  return {
    read: (path) => {
      const text = texts.get(resolve(path));
      return text === undefined ? disk.read(path) : contentsOf(text);
    },
    list: (path) => disk.list(path),
  };
}

function contentsOf(text: string | undefined): ReturnType<FileReader['read']> {
  return text === undefined ? absent : { kind: 'bytes', bytes: Buffer.from(text) };
}

/** Whether a name is that of a file in the folder: relative, with slashes, and not out of it. */
export function isInside(name: string): boolean {
  const parts = name.split('/');
  return !name.includes('\\') && !name.includes('\0') && parts.every((part) => !['', '.', '..'].includes(part));
}
