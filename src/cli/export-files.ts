/**
 * @module
 * The files of a vendor's export: a folder, a ZIP archive of one, or a folder with archives in it. A file that cannot
 * be read is listed, and does not hide the others.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf, refusalOf } from '../configuration/files.ts';
import { calledFile } from '../diagnostics/harmless.ts';
import type { ExportFile } from '../dialects/exported.ts';
import { filesBelow, maxFiles, statOf, type Unread } from './folder-files.ts';
import { CommandError } from './terminal.ts';
import { isZip, maxBytes, readZip, ZipError } from './zip.ts';

export interface ReadFile extends ExportFile {
  /** The file on the disk: of an entry of an archive, the archive. */
  readonly source: string;
  /** Of an entry of an archive, its name in the archive. */
  readonly entry: string | undefined;
}

export interface ExportFiles {
  readonly files: readonly ReadFile[];
  readonly unread: readonly Unread[];
}

const utf8 = new TextDecoder('utf-8');

/**
 * The files whose names `wanted` accepts, also those in archives. An archive in the folder has a name like that of a
 * folder: `proxies/orders.zip/apiproxy/orders.xml`. Undefined if the path is neither a folder nor an archive.
 *
 * @throws CommandError if reading it would take too long
 */
export function exportFiles(path: string, wanted: (name: string) => boolean): ExportFiles | undefined {
  const stat = statOf(path);
  const reading = new Reading(path, wanted);
  if (stat?.isDirectory()) reading.addFolder();
  else if (!isArchiveName(path) || stat?.isFile() !== true || reading.addArchive('') === false) return undefined;
  return withinLimits(path, reading);
}

/** Whether a file in a folder is read as an archive. */
export function isArchiveName(name: string): boolean {
  return /\.zip$/i.test(name);
}

/** Why an entry of an archive is not read. */
function objectionTo(name: string): string | undefined {
  if (isArchiveName(name)) return 'holds another archive, which is not read';
  const leadsOut = /^(?:[\\/]|[A-Za-z]:)|(?:^|[\\/])\.\.(?:[\\/]|$)/.test(name);
  return leadsOut ? 'holds a file whose path leads out of it, which is not read' : undefined;
}

/** What has been read of a path. */
class Reading implements ExportFiles {
  readonly files: ReadFile[] = [];
  readonly unread: Unread[] = [];
  readonly #root: string;
  readonly #wanted: (name: string) => boolean;
  #left = maxBytes;

  constructor(root: string, wanted: (name: string) => boolean) {
    this.#root = root;
    this.#wanted = wanted;
  }

  addFolder(): void {
    const { names, unread } = filesBelow(this.#root, (name) => isArchiveName(name) || this.#wanted(name));
    this.unread.push(...unread);
    for (const name of names) {
      if (!isArchiveName(name)) this.#addFile(name);
      else if (this.addArchive(name) === false) this.#report(name, 'is not a ZIP archive');
    }
  }

  /** @returns false if the file is not an archive, undefined if it cannot be read */
  addArchive(name: string): boolean | undefined {
    const packed = this.#bytesOf(name);
    if (packed === undefined) return undefined;
    if (!isZip(packed)) return false;
    try {
      for (const entry of readZip(packed, (inner) => isArchiveName(inner) || this.#wanted(inner))) {
        const objection = objectionTo(entry.name);
        if (objection !== undefined) this.#report(name, objection);
        else this.#take(name === '' ? entry.name : `${name}/${entry.name}`, entry.bytes, name, entry.name);
      }
      return true;
    } catch (error) {
      if (!(error instanceof ZipError)) throw error;
      this.#report(name, error.message);
      return undefined;
    }
  }

  #addFile(name: string): void {
    const bytes = this.#bytesOf(name);
    if (bytes !== undefined) this.#take(name, bytes, name);
  }

  /** Undefined if it cannot be read, which is reported, or is a link to a folder. */
  #bytesOf(name: string): Buffer | undefined {
    const path = join(this.#root, name);
    try {
      const stat = statSync(path);
      if (stat.isDirectory()) return undefined;
      if (stat.isFile() && stat.size <= maxBytes) return readFileSync(path);
      const refused = stat.isFile() ? undefined : refusalOf(stat);
      this.#report(name, refused?.reason ?? `has more than ${maxBytes} bytes`);
    } catch (error) {
      // The folder has this name, so that only a link can lead to nothing.
      const isDangling = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      this.#report(name, isDangling ? 'is a symbolic link that leads nowhere' : failureOf(error).reason);
    }
    return undefined;
  }

  #take(name: string, bytes: Buffer, source: string, entry?: string): void {
    if (this.files.length === maxFiles) throw new CommandError(`${this.#root} has more than ${maxFiles} such files.`);
    this.#left -= bytes.length;
    if (this.#left < 0) throw new CommandError(`${this.#root} has more than ${maxBytes} bytes of such files.`);
    this.files.push({
      path: join(this.#root, name),
      name: name.replaceAll('\\', '/'),
      text: utf8.decode(bytes),
      bytes,
      source: join(this.#root, source),
      entry,
    });
  }

  #report(name: string, reason: string): void {
    const path = join(this.#root, name);
    this.unread.push({ path, message: `The file ${path} ${reason}.` });
  }
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
function withinLimits(path: string, read: ExportFiles): ExportFiles {
  let marks = 0;
  for (const { name, text } of read.files.filter((file) => /\.xml$/i.test(file.name))) {
    marks += count(text, '<') + count(text, '=');
    if (marks > maxMarks) throw new CommandError(`${path} has more than ${maxMarks} elements and attributes.`);
    if (count(text, '<Step') > maxSteps) {
      throw new CommandError(`${calledFile('The file', name)} in ${path} has more than ${maxSteps} steps.`);
    }
  }
  return read;
}

function count(text: string, part: string): number {
  let found = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found += 1;
  return found;
}
