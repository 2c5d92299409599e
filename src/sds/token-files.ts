/**
 * @module
 * Keeps the files of constant tokens up to date in a process that serves. Files are written one after the other.
 */
import { resolve } from 'node:path';
import type { Snapshot } from '../configuration/snapshot.ts';
import { TokenDisk } from './token-disk.ts';
import { type FileWitness, TokenFile, type TokenSource } from './token-file.ts';
import { tokenSources } from './token-source.ts';

export interface TokenFilesOptions {
  readonly witness: FileWitness;
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 to 1; default: random. */
  readonly random?: () => number;
}

/** Milliseconds between looks at the clock, which may be set. */
const pace = 5_000;

/** Files that are looked at together, in turn: with more, it takes longer to find what something else wrote. */
const looksAtOnce = 20;

interface Entry {
  readonly file: TokenFile;
  readonly onStop: 'clear' | 'keep';
}

export class TokenFiles {
  readonly #options: TokenFilesOptions;
  readonly #disk = new TokenDisk();
  /** By the path of the file. */
  readonly #entries = new Map<string, Entry>();
  #running: Promise<void> | undefined;
  #isAsked = false;
  /** Milliseconds since the epoch. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looks = 0;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TokenFilesOptions) {
    this.#options = options;
  }

  /**
   * Follows a configuration that is in force. Resolves when all files are as it says, or could not be written.
   */
  adopt(snapshot: Snapshot): Promise<void> {
    const wanted = new Map(tokenSources(snapshot).map((one) => [resolve(one.settings.path), one]));
    this.#options.witness.follows(Array.from(wanted.values(), ({ source }) => source));
    for (const [path, { file }] of this.#entries) if (!wanted.has(path)) file.use(undefined);
    for (const [path, { settings, source }] of wanted) {
      const known = this.#entries.get(path)?.file;
      known?.use(source);
      this.#entries.set(path, { file: known ?? this.#fileOf(path, source), onStop: settings.onStop });
    }
    return this.#run();
  }

  /** Ends the work. Takes away the tokens that must not outlive the process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running;
    for (const { file, onStop } of this.#entries.values()) if (onStop === 'clear') await file.clearOwn();
  }

  #fileOf(path: string, source: TokenSource): TokenFile {
    const { witness, now, random = Math.random } = this.#options;
    return new TokenFile(source, { path, disk: this.#disk, witness, now, random });
  }

  /** Does what is due. Resolves when nothing is. */
  #run(): Promise<void> {
    this.#isAsked = true;
    this.#running ??= this.#steps().finally(() => {
      this.#running = undefined;
      this.#wait();
    });
    return this.#running;
  }

  async #steps(): Promise<void> {
    while (this.#isAsked && !this.#isClosed) {
      this.#isAsked = false;
      for (const [path, { file }] of this.#entries) {
        if (this.#isClosed) return;
        await file.step();
        if (file.isOver) this.#entries.delete(path);
      }
      await this.#look();
    }
  }

  /** Looks at the next files whether they have what was written there. */
  async #look(): Promise<void> {
    const now = this.#options.now();
    // Timers may be a little early.
    if (Math.abs(now - this.#lookedAt) < pace / 2) return;
    this.#lookedAt = now;
    const entries = [...this.#entries.values()];
    for (let left = Math.min(entries.length, looksAtOnce); left > 0 && !this.#isClosed; left--) {
      const entry = entries[this.#looks++ % entries.length];
      if (await entry?.file.isDisturbed()) this.#isAsked = true;
    }
  }

  #wait(): void {
    if (this.#isClosed || this.#entries.size === 0) return;
    const now = this.#options.now();
    const due = Math.min(...Array.from(this.#entries.values(), ({ file }) => file.dueAt));
    const pause = Math.min(Math.max(due - now, 1), pace);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), pause).unref();
  }
}
