/**
 * @module
 * What a configuration was made of: every file and folder that was looked at while it loaded, with a digest of what was
 * there. Whether it is still so tells a change, and whether a change came while loading.
 */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { FileContents, FileReader, FolderContents } from './files.ts';

type Look = (files: FileReader) => string;

export class ReadRecord implements FileReader {
  readonly #files: FileReader;
  readonly #looks = new Map<string, { readonly look: Look; readonly digest: string }>();
  readonly #folders = new Set<string>();

  /** @param files reads, and is asked again later */
  constructor(files: FileReader) {
    this.#files = files;
  }

  read = (path: string): FileContents => {
    const contents = this.#files.read(path);
    this.#note(`file ${path}`, (files) => digestOfFile(files.read(path)), digestOfFile(contents));
    this.#folders.add(dirname(resolve(path)));
    return contents;
  };

  list = (path: string): FolderContents => {
    const contents = this.#files.list(path);
    this.#note(`folder ${path}`, (files) => digestOfFolder(files.list(path)), digestOfFolder(contents));
    this.#folders.add(resolve(path));
    return contents;
  };

  /** The first look at a path is what was used. */
  #note(key: string, look: Look, digest: string): void {
    if (!this.#looks.has(key)) this.#looks.set(key, { look, digest });
  }

  /** The folders in which a change can be seen coming. */
  get folders(): ReadonlySet<string> {
    return this.#folders;
  }

  /** Whether everything is still as it was when it was read. */
  holds(): boolean {
    for (const { look, digest } of this.#looks.values()) if (look(this.#files) !== digest) return false;
    return true;
  }

  /** One digest of everything as it is now; other work goes on between one file and the next. */
  async digestNow(): Promise<string> {
    const hash = createHash('sha256');
    for (const [key, { look }] of this.#looks) {
      hash.update(`${key} ${look(this.#files)}\n`);
      await new Promise<void>((next) => setImmediate(next));
    }
    return hash.digest('base64');
  }

  /** What `digestNow` gave when it was read. */
  get digest(): string {
    const hash = createHash('sha256');
    for (const [key, { digest }] of this.#looks) hash.update(`${key} ${digest}\n`);
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
