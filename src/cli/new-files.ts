/**
 * @module
 * Writes files that a command makes into a folder. A file that exists is never overwritten by accident: either all are
 * written or none.
 */
import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { CommandError } from './terminal.ts';

interface NewFile {
  readonly name: string;
  readonly text: string;
}

/** @returns the paths of the files @throws CommandError if one exists, or cannot be written */
export function writeNewFiles(folder: string, files: readonly NewFile[], overwrites: boolean): readonly string[] {
  const targets = files.map(({ name, text }) => ({ path: join(folder, name), text }));
  if (!overwrites) {
    const existing = targets.find(({ path }) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
    if (existing !== undefined) throw new CommandError(`${existing.path} exists already. Use --force to overwrite it.`);
  }
  try {
    mkdirSync(folder, { recursive: true });
    // Without `overwrites`, a file that appeared in the meantime is not overwritten either.
    for (const { path, text } of targets) writeFileSync(path, text, { flag: overwrites ? 'w' : 'wx' });
  } catch (error) {
    if (!isNativeError(error) || !('code' in error)) throw error;
    throw new CommandError(`The files cannot be written to ${folder} (${String(error.code)}).`);
  }
  return targets.map(({ path }) => path);
}
