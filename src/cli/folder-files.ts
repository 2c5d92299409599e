/**
 * @module
 * The files below a folder that a user names. Folders behind symbolic links are not searched, since links can lead in
 * circles: with two of them, the number of paths doubles at each step.
 */
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from './terminal.ts';

/** Of any kind; more are hardly a folder of policies. @internal Exported for the test at the limit. */
export const maxFiles = 5_000;

/**
 * The names that `wanted` accepts, in order. Names are relative to the folder.
 *
 * @throws CommandError if there are too many files of any kind, or a folder cannot be read
 */
export function filesBelow(folder: string, wanted: (name: string) => boolean): readonly string[] {
  const found: string[] = [];
  const folders = [''];
  let seen = 0;
  for (const current of folders) {
    const entries = entriesOf(join(folder, current));
    seen += entries.length;
    if (seen > maxFiles) throw new CommandError(`${folder} has more than ${maxFiles} files.`);
    for (const entry of entries.filter(({ name }) => !isSkipped(name))) {
      const name = join(current, entry.name);
      if (entry.isDirectory()) folders.push(name);
      else if (wanted(name)) found.push(name);
    }
  }
  return found.sort();
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new CommandError(`The folder ${folder} cannot be read (${String(error.code)}).`);
  }
}

/** Hidden folders hold copies, such as those of git and of a mounted ConfigMap. */
function isSkipped(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}
