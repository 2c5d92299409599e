/**
 * @module
 * The files below a folder that a user names. Folders behind symbolic links are not searched, since links can lead in
 * circles: with two of them, the number of paths doubles at each step.
 */
import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from './terminal.ts';

/** Of any kind; more are hardly a folder of policies. */
export const maxFiles = 5_000;

/** A file or folder that could not be read. */
export interface Unread {
  readonly path: string;
  /** A sentence that names it. */
  readonly message: string;
}

export interface FilesBelow {
  /** The names that were wanted, in order, relative to the folder. */
  readonly names: readonly string[];
  /** The folders that were searched, relative to the folder; the folder itself is the empty name. */
  readonly folders: readonly string[];
  readonly unread: readonly Unread[];
}

/**
 * The files whose names `wanted` accepts.
 *
 * @throws CommandError if there are too many files of any kind
 */
export function filesBelow(folder: string, wanted: (name: string) => boolean): FilesBelow {
  const names: string[] = [];
  const folders = [''];
  const unread: Unread[] = [];
  let seen = 0;
  for (const current of folders) {
    const entries = entriesOf(join(folder, current), unread);
    seen += entries.length;
    if (seen > maxFiles) throw new CommandError(`${folder} has more than ${maxFiles} files.`);
    for (const entry of entries.filter(({ name }) => !isSkipped(name))) {
      const name = join(current, entry.name);
      if (entry.isDirectory()) folders.push(name);
      else if (wanted(name)) names.push(name);
    }
  }
  return { names: names.sort(), folders, unread };
}

/** What a path leads to; undefined if it leads to nothing that this process may see. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return undefined;
  }
}

function entriesOf(folder: string, unread: Unread[]): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    unread.push({ path: folder, message: `The folder ${folder} cannot be read (${String(error.code)}).` });
    return [];
  }
}

/** Hidden folders hold copies, such as those of git and of a mounted ConfigMap. */
function isSkipped(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}
