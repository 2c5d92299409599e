/**
 * @module
 * Puts the files of constant tokens on the disk: written aside and renamed, since Envoy reads a file when another one
 * is moved into its place. Only files of this kind are replaced, and a file system that does not answer is waited for
 * some seconds only.
 */
import { constants, type Stats } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import type { Code } from '../diagnostics/codes.ts';
import { draftOf, removeOldDrafts, writeAside } from '../publishing/write-aside.ts';
import { isSecretDocument } from './secret-document.ts';

/** Why a file could not be written. */
export interface DiskTrouble {
  readonly code: Extract<Code, 'sds.unwritten' | 'sds.foreign-file'>;
  readonly reason: string;
  readonly suggestion: string;
}

/** Envoy may run as another user. The group of both may read a token, and nobody else. */
const mode = 0o640;

/** Milliseconds for a write or a comparison. */
const answerLimit = 10_000;

/** Those that the file system has not answered. Node has four threads for all files, and reloads need some. */
const maxStuck = 2;

/** Bytes. A token is shorter, so a longer file is something else. */
const largestKnown = 1_048_576;

export class TokenDisk {
  /** The files that are known to be of this kind. */
  readonly #own = new Set<string>();
  readonly #stuck = new Set<string>();
  readonly #write: typeof writeAside;

  /** @param write tests have one that does not answer */
  constructor(write = writeAside) {
    this.#write = write;
  }

  /**
   * @param now milliseconds since the epoch
   * @returns why the file was not replaced; undefined if it was
   */
  async put(path: string, text: string, now: number): Promise<DiskTrouble | undefined> {
    return this.#stuck.size >= maxStuck ? stalled : this.#within(path, () => this.#put(path, text, now), stalled);
  }

  /** Whether the file has this text, or something else, or is not there; unknown if the file system does not say. */
  async compare(path: string, text: string): Promise<'same' | 'other' | 'unknown'> {
    return this.#stuck.size > 0 ? 'unknown' : this.#within(path, () => compared(path, text), 'unknown');
  }

  /** Something else has written the file: it may have something that must not be replaced. */
  forget(path: string): void {
    this.#own.delete(path);
  }

  /** What the file system answers to `work`; `late` if it does not answer. */
  async #within<T>(path: string, work: () => Promise<T>, late: T): Promise<T> {
    if (this.#stuck.has(path)) return late;
    const waiting = Promise.withResolvers<T>();
    const timer = setTimeout(() => {
      this.#stuck.add(path);
      waiting.resolve(late);
    }, answerLimit).unref();
    const working = work().finally(() => {
      clearTimeout(timer);
      this.#stuck.delete(path);
    });
    return Promise.race([working, waiting.promise]);
  }

  async #put(path: string, text: string, now: number): Promise<DiskTrouble | undefined> {
    try {
      if (!this.#own.has(path)) {
        if (!(await isReplaceable(path))) return foreign;
        await removeOldDrafts(path, now);
        this.#own.add(path);
      }
      await this.#write(path, text, mode);
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (noSpace.has(code) && (await isOverwritten(path, text))) return undefined;
      return unwritten(code);
    }
  }
}

/** Errors of errno(3) that say that there is no such file, or one that this process did not write. */
const otherFile: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EACCES', 'EPERM']);

async function compared(path: string, text: string): Promise<'same' | 'other' | 'unknown'> {
  try {
    const stats = await stat(path);
    if (!isUsual(stats) || stats.size > largestKnown) return 'other';
    return (await readFile(path, 'utf8')) === text ? 'same' : 'other';
  } catch (error) {
    return otherFile.has(codeOf(error)) ? 'other' : 'unknown';
  }
}

/** Whether it is no pipe, which a read would wait for, and no device. */
function isUsual(stats: Stats): boolean {
  return stats.isFile() || stats.isDirectory();
}

async function isReplaceable(path: string): Promise<boolean> {
  try {
    const stats = await stat(path);
    if (!isUsual(stats) || stats.size > largestKnown) return false;
    return isSecretDocument(await readFile(path, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}

const noSpace: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/**
 * On a full disk, a shorter text still fits into the file that is there. A token must be taken away then, too. Moving
 * the file away and back lets Envoy read it. Another program may have put something else there, or a link to it, since
 * this process wrote: that stays.
 */
async function isOverwritten(path: string, text: string): Promise<boolean> {
  try {
    const bytes = Buffer.from(text);
    await using file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
    const { size } = await file.stat();
    if (size < bytes.length || size > largestKnown || !isSecretDocument(await file.readFile('utf8'))) return false;
    // One write over the whole file: a process that is killed here leaves no end of the token behind the new text.
    const padded = Buffer.alloc(size, ' ');
    bytes.copy(padded);
    await file.write(padded, 0, size, 0);
    await file.truncate(bytes.length);
    await file.sync();
    const aside = draftOf(path);
    await rename(path, aside);
    await rename(aside, path);
    return true;
  } catch {
    // The first error says what is wrong.
    return false;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** What to do about errors of errno(3). */
const cures: Readonly<Record<string, string>> = {
  EACCES: 'Give mintproc the right to write into the folder of the file.',
  EBUSY: 'Mount the folder of the file, not the file alone (`subPath`): it is replaced by renaming.',
  EDQUOT: 'Make room on the volume.',
  EISDIR: 'Name a file, not a folder.',
  ENOENT: 'Create the folder of the file before mintproc starts.',
  ENOSPC: 'Make room on the volume.',
  EROFS: 'The folder of the file is read-only: use a volume that may be written, such as an emptyDir.',
};

const stalled: DiskTrouble = {
  code: 'sds.unwritten',
  reason: 'The file system of the token file does not answer.',
  suggestion: 'Look after its volume.',
};

const foreign: DiskTrouble = {
  code: 'sds.foreign-file',
  reason: 'The token file exists and has something else than a token, so it is not replaced.',
  suggestion: 'Write another path in `sds: { file }`, or remove the file.',
};

function unwritten(code: string): DiskTrouble {
  return {
    code: 'sds.unwritten',
    reason: `The token file cannot be written (${code}).`,
    suggestion: cures[code] ?? 'Name a file in a folder that mintproc may write.',
  };
}
