/**
 * @module
 * Reads files in a process that serves: off its main thread, one at a time, and with a time limit. A stalled network
 * file system occupies one thread of Node's pool, never a second one.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LocatedError } from '../../diagnostics/problem.ts';
import {
  chunkSize,
  type FileContents,
  type FolderContents,
  failureOf,
  largestFile,
  refusalOf,
  tooLarge,
  withoutWaiting,
} from '../files.ts';

/** Time limit for reading a file, in milliseconds. */
const defaultLimit = 10_000;

/** The file system, which may take any time to answer. */
export interface Disk {
  read(path: string): Promise<FileContents>;
  list(path: string): Promise<FolderContents>;
  /** Resolves when the file system has answered whether the folder exists. */
  reach(folder: string): Promise<void>;
}

export class AsyncFiles implements Disk {
  readonly #limit: number;
  readonly #disk: Disk;
  /** The path whose time limit has passed without an answer. */
  #stalled: string | undefined;

  /** @param limit milliseconds */
  constructor(limit = defaultLimit, disk: Disk = realDisk) {
    this.#limit = limit;
    this.#disk = disk;
  }

  /** @throws LocatedError if there is no answer in time */
  read(path: string): Promise<FileContents> {
    return this.#inTime(path, () => this.#disk.read(path));
  }

  /** @throws LocatedError if there is no answer in time */
  list(path: string): Promise<FolderContents> {
    return this.#inTime(path, () => this.#disk.list(path));
  }

  /** Resolves when the file system of the folder answers. @throws LocatedError if it does not in time */
  reach(folder: string): Promise<void> {
    return this.#inTime(folder, () => this.#disk.reach(folder));
  }

  async #inTime<T>(path: string, read: () => Promise<T>): Promise<T> {
    if (this.#stalled !== undefined) throw noAnswer(this.#stalled, this.#limit);
    const reading = read();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#stalled = path;
        const over = (): void => {
          this.#stalled = undefined;
        };
        reading.then(over, over);
        reject(noAnswer(path, this.#limit));
      }, this.#limit);
    });
    return Promise.race([reading, late]).finally(() => clearTimeout(timer));
  }
}

function noAnswer(path: string, limit: number): LocatedError {
  return new LocatedError({
    code: 'config.unreadable-file',
    severity: 'error',
    // The folder only: if a key was written instead of its file's path, the path is the key.
    message: `The file system of ${dirname(path)} has not answered for ${limit / 1000} s.`,
    place: { file: dirname(path), line: 1, column: 1 },
  });
}

const realDisk: Disk = {
  read: (path) => readRegular(path).catch(failureOf),
  list: (path) => readdir(path).then((names): FolderContents => ({ kind: 'names', names }), failureOf),
  async reach(folder) {
    await stat(folder);
  },
};

async function readRegular(path: string): Promise<FileContents> {
  await using handle = await open(path, withoutWaiting);
  const stats = await handle.stat();
  const refusal = refusalOf(stats);
  if (refusal !== undefined) return refusal;
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkSize), 0, chunkSize);
    if (bytesRead === 0) return { kind: 'bytes', bytes: Buffer.concat(chunks), mode: stats.mode & 0o7777 };
    size += bytesRead;
    if (size > largestFile) return tooLarge;
    chunks.push(buffer.subarray(0, bytesRead));
  }
}
