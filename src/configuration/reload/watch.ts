/**
 * @module
 * Sees that files change. A notification from the folder makes it quick; a digest of the contents, taken now and then, makes
 * it sure: mounted ConfigMaps and Secrets exchange a symbolic link, network file systems notify of nothing, and a watcher
 * of a file goes on watching the file that was replaced.
 */
import { type FSWatcher, watch } from 'node:fs';

export interface WatchOptions {
  /** The folders to be notified from; asked again after each change. */
  folders(): ReadonlySet<string>;
  /** Whether there is anything new. */
  hasChanged(): Promise<boolean>;
  /** A digest of what is there now. */
  digestNow(): Promise<string>;
  /** Something is new, and has stayed the same for `settleTime`. @returns whether to look again soon */
  onChange(): Promise<boolean>;
  /** Returns once the folder was found to answer: watching one that does not would hold this thread. */
  reach(folder: string): Promise<void>;
  /** Looking failed; the next look comes with the poll. */
  onTrouble(error: unknown): void;
  /** A look came to its end. */
  onCalm(): void;
  /** The folder cannot be watched: its changes are found by the poll. */
  onUnwatched(error: unknown): void;
  /** Milliseconds between two looks. */
  readonly pollTime: number;
  /** Milliseconds for which files must stay as they are: they may be half written. */
  readonly settleTime: number;
}

/** A writer that never comes to rest must not keep a change out for ever. */
const mostLooks = 50;

export class Watcher {
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #poll: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#poll = setInterval(() => this.look(), options.pollTime);
    this.#poll.unref();
    this.#looking = this.#watchFolders().finally(() => this.#looked());
  }

  /** Looks now; a look that is under way is followed by another. */
  look(): void {
    if (this.#closed) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    this.#looking = this.#lookOnce()
      .then(
        () => this.#options.onCalm(),
        (error: unknown) => this.#options.onTrouble(error),
      )
      .finally(() => this.#looked());
  }

  #looked(): void {
    this.#looking = undefined;
    if (!this.#again) return;
    this.#again = false;
    this.look();
  }

  /** Returns once nothing is under way any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    for (const watcher of this.#watchers.values()) watcher.close();
    await this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const { hasChanged, onChange } = this.#options;
    if (!(await hasChanged())) return;
    await this.#settled();
    if (this.#closed) return;
    if (await onChange()) this.#again = true;
    await this.#watchFolders();
  }

  async #settled(): Promise<void> {
    const { digestNow, settleTime } = this.#options;
    let seen = await digestNow();
    for (let looks = 0; looks < mostLooks && !this.#closed; looks++) {
      await new Promise<void>((next) => setTimeout(next, settleTime));
      const now = await digestNow();
      if (now === seen) return;
      seen = now;
    }
  }

  async #watchFolders(): Promise<void> {
    const wanted = this.#options.folders();
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) await this.#watchFolder(folder);
  }

  async #watchFolder(folder: string): Promise<void> {
    try {
      await this.#options.reach(folder);
      if (this.#closed) return;
      const watcher = watch(folder, { persistent: false }, () => this.look());
      // A folder that is removed, as kubelet does with old data, ends its watcher; the poll finds the new one.
      watcher.on('error', (error) => {
        this.#watchers.delete(folder);
        watcher.close();
        this.#options.onUnwatched(error);
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#options.onUnwatched(error);
    }
  }
}
