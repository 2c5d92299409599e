/**
 * @module
 * The files of the exports that `mintproc import` is given: folders, archives, archives in folders, and single files.
 *
 * All of them are one export, since a proxy and its shared flows, or an API and its policies, often come apart.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import type { ExportFile } from '../dialects/exported.ts';
import { isExportFile } from '../dialects/exports.ts';
import { isImported } from '../migration/write-configuration.ts';
import { exportFiles, type ReadFile } from './export-files.ts';
import { statOf } from './folder-files.ts';
import { CommandError } from './terminal.ts';
import { maxBytes } from './zip.ts';

export interface ImportFiles {
  readonly files: readonly ExportFile[];
  /** Folders that earlier imports wrote: their copies of policies are no export. */
  readonly leftOut: readonly string[];
}

/**
 * Each file once, also if two paths lead to it. Files have names that begin at the path, so that a report is as easy to
 * read wherever the exports are.
 *
 * @param out the folder that the import writes, whose files are left out
 * @throws CommandError if a path cannot be read, or there is too much
 */
export function importFiles(paths: readonly string[], out: string): ImportFiles {
  const excluded = realPath(out);
  const read = withLabels(paths).flatMap(({ path, label }) => {
    if (isBelow(realPath(path) ?? path, excluded)) {
      throw new CommandError(`${path} is in the folder of --out. Write the configuration to another folder.`);
    }
    return filesOf(path, label).map((file) => ({ ...file, source: realPath(file.source) ?? file.source }));
  });
  const imported = read.flatMap(({ name, text, source }) =>
    /(?:^|\/)mintproc\.yaml$/.test(name) && isImported(text) ? [dirname(source)] : [],
  );
  const leftOut = imported.filter((folder) => !isBelow(folder, excluded));
  const seen = new Set<string>();
  let left = maxBytes;
  const files = read.flatMap(({ source, entry = '', ...file }) => {
    const key = `${source} ${entry}`;
    if (seen.has(key) || [excluded, ...leftOut].some((folder) => isBelow(source, folder))) return [];
    seen.add(key);
    left -= file.bytes.length;
    if (left < 0) throw new CommandError(`The exports have more than ${maxBytes} bytes together.`);
    return [file];
  });
  return { files, leftOut: [...new Set(leftOut)] };
}

/**
 * What the names of the files below each path begin with: nothing if there is one path, else as much of the path's end
 * as tells it apart. A proxy is recognised by the name of its folder.
 */
function withLabels(paths: readonly string[]): readonly { readonly path: string; readonly label: string }[] {
  const parts = paths.map((path) => (realPath(path) ?? resolve(path)).split(sep).filter((part) => part !== ''));
  const others = (own: readonly string[]) =>
    new Set(parts.map((one) => one.join('/')).filter((one) => one !== own.join('/')));
  return paths.map((path, index) => {
    const own = parts[index] ?? [];
    const ends = own.map((_, count) => own.slice(own.length - count - 1).join('/'));
    const isOwn = (end: string) => ![...others(own)].some((other) => `/${other}`.endsWith(`/${end}`));
    return { path, label: paths.length === 1 ? '' : (ends.find(isOwn) ?? own.join('/')) };
  });
}

/** @throws CommandError if a file cannot be read: an import without it would look complete */
function filesOf(path: string, label: string): readonly ReadFile[] {
  if (statOf(path) === undefined) throw new CommandError(`There is no file or folder ${path}.`);
  const read = exportFiles(path, isExportFile);
  if (read === undefined) return [singleFile(path, label)];
  const [unread] = read.unread;
  if (unread !== undefined) throw new CommandError(unread.message);
  return read.files.map((file) => {
    const name = label === '' ? file.name : `${label}/${file.name}`;
    return { ...file, name, path: name };
  });
}

function singleFile(path: string, label: string): ReadFile {
  const stat = statSync(path);
  if (!stat.isFile()) throw new CommandError(`${path} is neither a file nor a folder.`);
  if (stat.size > maxBytes) throw new CommandError(`${path} has more than ${maxBytes} bytes.`);
  const bytes = readFileSync(path);
  const name = label === '' ? basename(path) : label;
  return { path: name, name, text: new TextDecoder('utf-8').decode(bytes), bytes, source: path, entry: undefined };
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
