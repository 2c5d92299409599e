/**
 * @module
 * Digests of every file and folder that was read while a configuration loaded. They show whether one of them has
 * changed since, or changed while it was loading.
 */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { FileContents, FileReader, FolderContents } from '../files.ts';
import type { InputPart } from './load-inputs.ts';

/** Reads files without blocking the thread. */
export interface AsyncFileReader {
  read(path: string): Promise<FileContents>;
  list(path: string): Promise<FolderContents>;
}

export class FileDigests {
  readonly #files = new Map<string, string>();
  readonly #listed = new Map<string, string>();

  add(part: InputPart): void {
    if (part.kind === 'file') this.#addFile(part.path, part.contents);
    else this.#addFolder(part.path, part.contents);
  }

  #addFile(path: string, contents: FileContents): void {
    this.#files.set(path, digestOfFile(contents));
  }

  #addFolder(path: string, contents: FolderContents): void {
    this.#listed.set(path, digestOfFolder(contents));
  }

  /** The folders to watch for changes. */
  get folders(): ReadonlySet<string> {
    const holding = Array.from(this.#files.keys(), (path) => dirname(resolve(path)));
    return new Set([...holding, ...Array.from(this.#listed.keys(), (path) => resolve(path))]);
  }

  /** Whether all files and folders are unchanged. */
  match(files: FileReader): boolean {
    for (const [path, digest] of this.#files) if (digestOfFile(files.read(path)) !== digest) return false;
    for (const [path, digest] of this.#listed) if (digestOfFolder(files.list(path)) !== digest) return false;
    return true;
  }

  /** One digest of everything as it is now. The thread does other work between the files. */
  async digestNow(files: AsyncFileReader): Promise<string> {
    const now = new FileDigests();
    for (const path of this.#files.keys()) now.#addFile(path, await files.read(path));
    for (const path of this.#listed.keys()) now.#addFolder(path, await files.list(path));
    return now.digest;
  }

  /** One digest of everything as it was read; compare it with `digestNow`. */
  get digest(): string {
    const hash = createHash('sha256');
    for (const [path, digest] of this.#files) hash.update(`file ${path} ${digest}\n`);
    for (const [path, digest] of this.#listed) hash.update(`folder ${path} ${digest}\n`);
    return hash.digest('base64');
  }
}

/** The mode is included, since `strictFiles` depends on it. */
function digestOfFile(contents: FileContents): string {
  if (contents.kind === 'failed') return contents.reason;
  return `${createHash('sha256').update(contents.bytes).digest('base64')} ${contents.mode ?? ''}`;
}

function digestOfFolder(contents: FolderContents): string {
  return contents.kind === 'failed' ? contents.reason : JSON.stringify([...contents.names].sort());
}
