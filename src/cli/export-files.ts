/**
 * @module
 * The files of a vendor's export: a folder, or a ZIP archive of one.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { calledFile } from '../diagnostics/harmless.ts';
import type { ExportFile } from '../dialects/exported.ts';
import { filesBelow } from './folder-files.ts';
import { CommandError } from './terminal.ts';
import { isZip, maxBytes, readZip, ZipError } from './zip.ts';

const utf8 = new TextDecoder('utf-8');

/**
 * The files whose names `wanted` accepts. Undefined if the path is neither a folder nor an archive.
 *
 * @throws CommandError if it cannot be read
 */
export function exportFiles(path: string, wanted: (name: string) => boolean): readonly ExportFile[] | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return withinLimits(path, folderFiles(path, wanted));
  if (!path.endsWith('.zip') || stat === undefined || !stat.isFile()) return undefined;
  if (stat.size > maxBytes) throw new CommandError(`${path} has more than ${maxBytes} bytes.`);
  const bytes = readFileSync(path);
  return isZip(bytes) ? withinLimits(path, archiveFiles(path, bytes, wanted)) : undefined;
}

/**
 * Elements and attributes of all XML files together, roughly: an archive of kilobytes can hold millions, which take
 * gigabytes of memory. @internal Exported for the test at the limit.
 */
export const maxMarks = 2_000_000;
/**
 * Steps of one file. The work grows with their square, and generated proxies have some hundred. @internal Exported for
 * the test at the limit.
 */
export const maxSteps = 2_000;

/** The files, if reading them takes seconds at most. @throws CommandError */
function withinLimits(path: string, files: readonly ExportFile[]): readonly ExportFile[] {
  let marks = 0;
  for (const { name, text } of files.filter((file) => /\.xml$/i.test(file.name))) {
    marks += count(text, '<') + count(text, '=');
    if (marks > maxMarks) throw new CommandError(`${path} has more than ${maxMarks} elements and attributes.`);
    if (count(text, '<Step') > maxSteps) {
      throw new CommandError(`${calledFile('The file', name)} in ${path} has more than ${maxSteps} steps.`);
    }
  }
  return files;
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found += 1;
  return found;
}

function folderFiles(folder: string, wanted: (name: string) => boolean): readonly ExportFile[] {
  const names = filesBelow(folder, wanted);
  let left = maxBytes;
  return names.flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) return [];
    left -= stat.size;
    if (left < 0) throw new CommandError(`${folder} has more than ${maxBytes} bytes of such files.`);
    const bytes = readFileSync(path);
    return [{ path, name: name.replaceAll('\\', '/'), text: utf8.decode(bytes), bytes }];
  });
}

function archiveFiles(path: string, bytes: Buffer, wanted: (name: string) => boolean): readonly ExportFile[] {
  try {
    return readZip(bytes, wanted).map((entry) => ({
      path: join(path, entry.name),
      name: entry.name,
      text: utf8.decode(entry.bytes),
      bytes: entry.bytes,
    }));
  } catch (error) {
    if (error instanceof ZipError) throw new CommandError(`${path} ${error.message}.`);
    throw error;
  }
}
