/**
 * @module
 * What a configuration was made of: every file and folder that was looked at while it loaded, with a digest of what was
 * there. Whether it is still so tells a change, and whether a change came while loading.
 */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { FileContents, FileReader, FolderContents } from '../files.ts';
import type { InputPart } from './load-inputs.ts';

/** Looks again, later, at what was read. */
export interface LaterReader {
  read(path: string): Promise<FileContents>;
  list(path: string): Promise<FolderContents>;
}

export class ReadRecord {
  readonly #files = new Map<string, string>();
  readonly #listed = new Map<string, string>();

  /** What was read of a file, or found in a folder. */
  note(part: InputPart): void {
    if (part.kind === 'file') this.#noteFile(part.path, part.contents);
    else this.#noteFolder(part.path, part.contents);
  }

  #noteFile(path: string, contents: FileContents): void {
    this.#files.set(path, digestOfFile(contents));
  }

  #noteFolder(path: string, contents: FolderContents): void {
    this.#listed.set(path, digestOfFolder(contents));
  }

  /** The folders in which a change can be seen coming. */
  get folders(): ReadonlySet<string> {
    const holding = Array.from(this.#files.keys(), (path) => dirname(resolve(path)));
    return new Set([...holding, ...Array.from(this.#listed.keys(), (path) => resolve(path))]);
  }

  /** Whether everything is still as it was when it was read. */
  holds(files: FileReader): boolean {
    for (const [path, digest] of this.#files) if (digestOfFile(files.read(path)) !== digest) return false;
    for (const [path, digest] of this.#listed) if (digestOfFolder(files.list(path)) !== digest) return false;
    return true;
  }

  /** One digest of everything as it is now; other work goes on between one file and the next. */
  async digestNow(files: LaterReader): Promise<string> {
    const now = new ReadRecord();
    for (const path of this.#files.keys()) now.#noteFile(path, await files.read(path));
    for (const path of this.#listed.keys()) now.#noteFolder(path, await files.list(path));
    return now.digest;
  }

  /** What `digestNow` gave when it was read. */
  get digest(): string {
    const hash = createHash('sha256');
    for (const [path, digest] of this.#files) hash.update(`file ${path} ${digest}\n`);
    for (const [path, digest] of this.#listed) hash.update(`folder ${path} ${digest}\n`);
    return hash.digest('base64');
  }
}

/** The mode counts too: with `strictFiles`, a file that others may no longer read is another file. */
function digestOfFile(contents: FileContents): string {
  if (contents.kind === 'failed') return contents.reason;
  return `${createHash('sha256').update(contents.bytes).digest('base64')} ${contents.mode ?? ''}`;
}

function digestOfFolder(contents: FolderContents): string {
  return contents.kind === 'failed' ? contents.reason : JSON.stringify([...contents.names].sort());
}
