/**
 * @module
 * What `validate --watch` looks at to see that a file was saved: its times, size and inode, behind all links. A save
 * that leaves the contents as they were counts too, since its author waits for an answer.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { FileReader } from '../../configuration/files.ts';
import { filesBelow, statOf } from '../folder-files.ts';
import { CommandError } from '../terminal.ts';

/** By absolute path. */
export type Stamps = ReadonlyMap<string, string>;

/** Reads files for a check, and stamps each before it is read: a later save differs from the stamp. */
export class StampingFiles implements FileReader {
  readonly stamps = new Map<string, string>();
  readonly #source: FileReader;

  constructor(source: FileReader) {
    this.#source = source;
  }

  read: FileReader['read'] = (path) => {
    this.#stamp(path, fileStamp);
    return this.#source.read(path);
  };

  list: FileReader['list'] = (path) => {
    this.#stamp(`${path}/`, folderStamp);
    return this.#source.list(path);
  };

  #stamp(path: string, stampOf: (path: string) => string): void {
    const key = keyOf(path);
    if (!this.stamps.has(key)) this.stamps.set(key, stampOf(path));
  }
}

/** The path of a folder of which the names count ends with a slash. */
function keyOf(path: string): string {
  return path.endsWith('/') ? `${resolve(path)}/` : resolve(path);
}

/** The stamps of what a user named, with the files below folders that `wanted` accepts. */
export function stampsOf(paths: readonly string[], wanted: (name: string) => boolean): Map<string, string> {
  const stamps = new Map<string, string>();
  for (const path of paths) {
    stamps.set(resolve(path), fileStamp(path));
    if (statOf(path)?.isDirectory() !== true) continue;
    for (const [name, stamp] of stampsBelow(path, wanted)) stamps.set(name, stamp);
  }
  return stamps;
}

function* stampsBelow(folder: string, wanted: (name: string) => boolean): Generator<readonly [string, string]> {
  try {
    const { names, folders, unread } = filesBelow(folder, wanted);
    // The names in a folder change with files that nobody wants.
    for (const name of folders) yield [`${resolve(folder, name)}/`, 'a folder'];
    for (const name of names) yield [resolve(folder, name), fileStamp(join(folder, name))];
    for (const { path, message } of unread) yield [resolve(path), message];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    yield [`${resolve(folder)}/`, error.message];
  }
}

/** The same stamps as they are now. */
export function restamped(stamps: Stamps): Map<string, string> {
  return new Map(
    Array.from(stamps.keys(), (path) => [path, path.endsWith('/') ? folderStamp(path) : fileStamp(path)] as const),
  );
}

/** Where notifications of changes come from. */
export function foldersOf(stamps: Stamps): ReadonlySet<string> {
  return new Set(Array.from(stamps.keys(), (path) => (path.endsWith('/') ? resolve(path) : dirname(path))));
}

export function digestOf(stamps: Stamps): string {
  const hash = createHash('sha256');
  for (const [path, stamp] of stamps) hash.update(`${path}\0${stamp}\0`);
  return hash.digest('base64');
}

function fileStamp(path: string): string {
  return orReason(() => {
    const { mtimeNs, ctimeNs, size, ino, dev, mode } = statSync(path, { bigint: true });
    // A folder gets new times with every file in it.
    if ((mode & 0o170000n) === 0o040000n) return `folder ${mode}`;
    return [mtimeNs, ctimeNs, size, ino, dev, mode].join(' ');
  });
}

function folderStamp(path: string): string {
  return orReason(() => JSON.stringify(readdirSync(path).sort()));
}

/** Why there is no file is a stamp too: it changes when the file comes. */
function orReason(stamp: () => string): string {
  try {
    return stamp();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return String(error.code);
  }
}
