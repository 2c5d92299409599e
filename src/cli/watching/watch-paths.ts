/**
 * @module
 * `validate --watch`: checks again after every save of a file that was checked, or that a configuration names.
 */
import { resolve } from 'node:path';
import { diskFiles, type FileReader } from '../../configuration/files.ts';
import { Watcher } from '../../configuration/reload/watch.ts';
import type { Terminal } from '../terminal.ts';
import type { Findings } from '../validate/report.ts';
import { digestOf, foldersOf, restamped, StampingFiles, type Stamps, stampsOf } from './stamps.ts';

/** Milliseconds for which files must stay as they are: an editor writes in several steps. */
const settleTime = 50;
/** Milliseconds between looks at all files, for changes that send no notification. */
const pollTime = 1000;
/** No timer can be longer. */
const longestTime = 2 ** 31 - 1;

export interface Watched<Result extends Pick<Findings, 'files'>> {
  readonly paths: readonly string[];
  /** Whether a file below a folder is looked at. */
  wanted(name: string): boolean;
  /** Reads the files that configurations name with `files`. */
  check(files: FileReader): Promise<Result>;
  /** Called with the first result, and with one after each save. */
  print(result: Result): void;
}

/** Returns the last result when the user ends it. */
export async function watchPaths<Result extends Pick<Findings, 'files'>>(
  watched: Watched<Result>,
  terminal: Pick<Terminal, 'onStop'>,
): Promise<Result> {
  const stopped = Promise.withResolvers<void>();
  const forget = terminal.onStop(() => {
    forget();
    stopped.resolve();
  });
  // The watcher and its timer do not keep the process alive.
  const alive = setInterval(() => undefined, longestTime);
  const rounds = new Rounds(watched);
  await rounds.next();
  const watcher = new Watcher({
    folders: () => rounds.folders,
    hasChanged: async () => rounds.digest !== rounds.digestNow(),
    digestNow: async () => rounds.digestNow(),
    onChange: () => rounds.next(),
    reach: async () => undefined,
    onTrouble: stopped.reject,
    onCalm: () => undefined,
    // Looking at all files finds the changes of a folder that sends no notifications.
    onUnwatched: () => undefined,
    pollTime,
    settleTime,
  });
  try {
    await stopped.promise;
  } finally {
    forget();
    clearInterval(alive);
    await watcher.close();
  }
  return rounds.last;
}

/** One check after the other. */
class Rounds<Result extends Pick<Findings, 'files'>> {
  readonly #watched: Watched<Result>;
  /** Of the paths that the user named, and of the files that configurations name. */
  #found: Stamps = new Map();
  #read: Stamps = new Map();
  /** Of the files that were checked. */
  #checked = '';
  #last: Result | undefined;

  constructor(watched: Watched<Result>) {
    this.#watched = watched;
  }

  /** @throws TypeError before the first check */
  get last(): Result {
    if (this.#last === undefined) throw new TypeError('nothing has been checked yet');
    return this.#last;
  }

  get folders(): ReadonlySet<string> {
    return foldersOf(this.#found).union(foldersOf(this.#read));
  }

  get digest(): string {
    return digestOf(this.#found) + digestOf(this.#read);
  }

  digestNow(): string {
    return digestOf(this.#find()) + digestOf(restamped(this.#read));
  }

  #find(): Stamps {
    return stampsOf(this.#watched.paths, (name) => this.#watched.wanted(name));
  }

  /**
   * Checks, and prints the result unless only other files were saved, such as output that is written into a watched
   * folder.
   */
  async next(): Promise<false> {
    const found = this.#find();
    const files = new StampingFiles(diskFiles);
    const result = await this.#watched.check(files);
    this.#found = found;
    this.#read = files.stamps;
    this.#last = result;
    const checked = this.#digestOfChecked(result);
    if (checked !== this.#checked) this.#watched.print(result);
    this.#checked = checked;
    return false;
  }

  #digestOfChecked({ files }: Result): string {
    const checked = new Set(files.map((file) => resolve(file)));
    const stamps = [...this.#found].filter(([path]) => checked.has(path));
    return digestOf(new Map(stamps)) + digestOf(this.#read);
  }
}
