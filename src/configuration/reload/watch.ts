/**
 * @module
 * Detects changes of files. Notifications from folders are fast; a periodic digest of the contents is reliable: mounted
 * ConfigMaps and Secrets replace a symbolic link, network file systems send no notifications, and a watcher of a file
 * keeps watching the file that was replaced.
 */
import { type FSWatcher, watch } from 'node:fs';

export interface WatchOptions {
  /** The folders to watch; called again after each change. */
  folders(): ReadonlySet<string>;
  /** Whether a file has changed. */
  hasChanged(): Promise<boolean>;
  /** A digest of all files as they are now. */
  digestNow(): Promise<string>;
  /**
   * Called when files have changed and then stayed the same for `settleTime`. @returns whether to check again
   * immediately
   */
  onChange(): Promise<boolean>;
  /** Resolves when the file system of the folder answers: watching a stalled one would block this thread. */
  reach(folder: string): Promise<void>;
  /** A check failed; the next poll tries again. */
  onTrouble(error: unknown): void;
  /** A check finished without an error. */
  onCalm(): void;
  /** The folder cannot be watched; polling still finds its changes. */
  onUnwatched(error: unknown): void;
  /** Milliseconds between two checks. */
  readonly pollTime: number;
  /** Milliseconds for which files must stay unchanged: they may be half written. */
  readonly settleTime: number;
}

/** A writer that never stops must not block a change forever. */
const maxSettleChecks = 50;

export class Watcher {
  readonly #options: WatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #poll: NodeJS.Timeout;
  #checking: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#poll = setInterval(() => this.check(), options.pollTime);
    this.#poll.unref();
    this.#checking = this.#watchFolders().finally(() => this.#checked());
  }

  /** Checks now, or again after the check that is running. */
  check(): void {
    if (this.#closed) return;
    if (this.#checking !== undefined) {
      this.#again = true;
      return;
    }
    this.#checking = this.#checkOnce()
      .then(
        () => this.#options.onCalm(),
        (error: unknown) => this.#options.onTrouble(error),
      )
      .finally(() => this.#checked());
  }

  #checked(): void {
    this.#checking = undefined;
    if (!this.#again) return;
    this.#again = false;
    this.check();
  }

  /** Resolves when no check is running any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#poll);
    for (const watcher of this.#watchers.values()) watcher.close();
    await this.#checking;
  }

  async #checkOnce(): Promise<void> {
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
    for (let checks = 0; checks < maxSettleChecks && !this.#closed; checks++) {
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
      const watcher = watch(folder, { persistent: false }, () => this.check());
      // If a folder is removed, as kubelet does with old data, its watcher ends; the poll finds the new one.
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
