/**
 * @module
 * The files of the exports that `mintproc import` is given: folders, archives, archives in folders, and single files.
 *
 * All of them are one export, since a proxy and its shared flows, or an API and its policies, often come apart.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, relative, sep } from 'node:path';
import type { ExportFile } from '../dialects/exported.ts';
import { isExportFile } from '../dialects/exports.ts';
import { exportFiles, type ReadFile } from './export-files.ts';
import { statOf } from './folder-files.ts';
import { CommandError } from './terminal.ts';
import { maxBytes } from './zip.ts';

/**
 * Each file once, also if two paths lead to it.
 *
 * @param without a folder whose files are left out: the one that an earlier import wrote
 * @throws CommandError if a path cannot be read, or there is too much
 */
export function importFiles(paths: readonly string[], without: string): readonly ExportFile[] {
  const excluded = realPath(without);
  const seen = new Set<string>();
  let left = maxBytes;
  return paths.flatMap((path, index) => {
    const before = paths.length === 1 ? '' : `${index + 1}/${folderName(path)}`;
    return filesOf(path).flatMap(({ source, ...file }) => {
      const real = realPath(source) ?? source;
      const key = `${real} ${source === file.path ? '' : file.name}`;
      if (seen.has(key) || isBelow(real, excluded)) return [];
      seen.add(key);
      left -= file.bytes.length;
      if (left < 0) throw new CommandError(`The exports have more than ${maxBytes} bytes together.`);
      return [{ ...file, name: `${before}${file.name}` }];
    });
  });
}

/** @throws CommandError if a file cannot be read: an import without it would look complete */
function filesOf(path: string): readonly ReadFile[] {
  if (statOf(path) === undefined) throw new CommandError(`There is no file or folder ${path}.`);
  const read = exportFiles(path, isExportFile);
  if (read === undefined) return [{ ...singleFile(path), source: path }];
  const [unread] = read.unread;
  if (unread !== undefined) throw new CommandError(unread.message);
  return read.files;
}

/** A proxy is recognised by the name of its folder. */
function folderName(path: string): string {
  const name = basename(realPath(path) ?? path);
  return /^(?:apiproxy|sharedflowbundle)$/i.test(name) ? `${name}/` : '';
}

function singleFile(path: string): ExportFile {
  const stat = statSync(path);
  if (!stat.isFile()) throw new CommandError(`${path} is neither a file nor a folder.`);
  if (stat.size > maxBytes) throw new CommandError(`${path} has more than ${maxBytes} bytes.`);
  const bytes = readFileSync(path);
  return { path, name: basename(path), text: new TextDecoder('utf-8').decode(bytes), bytes };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isBelow(path: string, folder: string | undefined): boolean {
  if (folder === undefined) return false;
  const inside = relative(folder, path);
  return inside === '' || (inside !== '..' && !inside.startsWith(`..${sep}`));
}
