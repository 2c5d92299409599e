/**
 * @module
 * How a process that serves looks at files: off its own thread, one at a time, and for a limited time. A network file
 * system that stalls holds one thread of Node's pool, and never a second one.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LocatedError } from '../../diagnostics/problem.ts';
import {
  type FileContents,
  type FolderContents,
  failureOf,
  largestFile,
  pieceSize,
  refusalOf,
  tooLarge,
  withoutWaiting,
} from '../files.ts';

/** Milliseconds for which a file may take to be read. */
const defaultLimit = 10_000;

/** What is looked at; each answer may take as long as the file system does. */
export interface Disk {
  read(path: string): Promise<FileContents>;
  list(path: string): Promise<FolderContents>;
  /** Returns once something that is there, or is not, was found. */
  reach(folder: string): Promise<void>;
}

export class WatchedFiles implements Disk {
  readonly #limit: number;
  readonly #disk: Disk;
  /** What is still being looked at though its time is over. */
  #stalled: string | undefined;

  /** @param limit milliseconds */
  constructor(limit = defaultLimit, disk: Disk = realDisk) {
    this.#limit = limit;
    this.#disk = disk;
  }

  /** @throws LocatedError where there is no answer in time */
  read(path: string): Promise<FileContents> {
    return this.#inTime(path, () => this.#disk.read(path));
  }

  /** @throws LocatedError where there is no answer in time */
  list(path: string): Promise<FolderContents> {
    return this.#inTime(path, () => this.#disk.list(path));
  }

  /** Returns once the folder was found to answer. @throws LocatedError where it does not, in time */
  reach(folder: string): Promise<void> {
    return this.#inTime(folder, () => this.#disk.reach(folder));
  }

  async #inTime<T>(path: string, look: () => Promise<T>): Promise<T> {
    if (this.#stalled !== undefined) throw noAnswer(this.#stalled, this.#limit);
    const looked = look();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#stalled = path;
        const over = (): void => {
          this.#stalled = undefined;
        };
        looked.then(over, over);
        reject(noAnswer(path, this.#limit));
      }, this.#limit);
    });
    return Promise.race([looked, late]).finally(() => clearTimeout(timer));
  }
}

function noAnswer(path: string, limit: number): LocatedError {
  return new LocatedError({
    code: 'config.unreadable-file',
    severity: 'error',
    // The folder alone: where a key was written in place of its file's path, it is the path.
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
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(pieceSize), 0, pieceSize);
    if (bytesRead === 0) return { kind: 'bytes', bytes: Buffer.concat(pieces), mode: stats.mode & 0o7777 };
    size += bytesRead;
    if (size > largestFile) return tooLarge;
    pieces.push(buffer.subarray(0, bytesRead));
  }
}
