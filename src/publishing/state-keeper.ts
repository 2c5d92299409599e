/**
 * @module
 * Keeps published keys in a state file while a process runs. Several processes may share the file: each adds what it
 * publishes, publishes what the others have added, and shortens no time. There is no lock. A process that overwrites
 * what another has just written is corrected at the other's next look, some seconds later.
 */
import { setTimeout } from 'node:timers/promises';
import type { FileContents } from '../configuration/files.ts';
import { LocatedError } from '../diagnostics/problem.ts';
import { isNamed, keyId } from '../keys/held-key.ts';
import { type PublishedKey, PublishedKeys } from '../keys/published-keys.ts';
import { inSlices } from '../observe/slices.ts';
import { readState, stateText, type Unusable } from './state-document.ts';
import { removeOldDrafts, writeAside } from './write-aside.ts';

/** The keys that a process publishes itself, as they are now. */
export interface OwnKeys {
  readonly keys: readonly PublishedKey[];
  /** Names (`kid` or thumbprint) of keys that must not be published, whoever remembers them. */
  readonly revoked: ReadonlySet<string>;
}

export interface StateTrouble extends Unusable {
  readonly code: 'keys.state-unusable' | 'keys.state-unwritten';
}

/** Who reports the state. The first two are called after every look. */
export interface StateWitness {
  /** @param trouble undefined if the file is in order */
  state(trouble: StateTrouble | undefined): void;
  /** Keys of this process whose name another key has, and keys for which there is no place. */
  leftOut(clashing: readonly PublishedKey[], full: readonly PublishedKey[]): void;
  /** An unexpected error ended a look. */
  failed(error: unknown): void;
}

export interface StateKeeperOptions {
  /** Undefined if keys are kept in memory only. */
  readonly path: string | undefined;
  readonly files: { read(path: string): Promise<FileContents> };
  readonly witness: StateWitness;
  own(): OwnKeys;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Milliseconds between two looks. */
const pace = 10_000;

/** Milliseconds for a write. */
const writeLimit = 10_000;

/** The times in the file may be this much behind, so that it is not written at every look. In milliseconds. */
export const slack = 600_000;

export class StateKeeper {
  readonly #options: StateKeeperOptions;
  readonly #keys = new PublishedKeys();
  /** What the file has, and its mode and text when it was last read; undefined if it has changed since. */
  #inFile = new PublishedKeys();
  #text: string | undefined;
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isTidy = false;
  #isWriting = false;

  /** @param remembered the keys that were read at the start */
  constructor(options: StateKeeperOptions, remembered: readonly PublishedKey[]) {
    this.#options = options;
    for (const key of remembered) this.#keys.add(key, options.now());
  }

  /** All keys that are remembered, own ones included. The same array as long as nothing changes. */
  get keys(): readonly PublishedKey[] {
    return this.#keys.all;
  }

  /** Looks at the file every ten seconds. @returns a function that ends this, after a last look */
  follow(): () => Promise<void> {
    const next = (): void => {
      this.#timer = globalThis.setTimeout(() => void this.look().finally(next), pace).unref();
    };
    next();
    return async () => {
      clearTimeout(this.#timer);
      await this.look();
      clearTimeout(this.#timer);
    };
  }

  /** Takes what the file has, and writes what it lacks. Looks run one after the other. */
  look(): Promise<void> {
    const { witness } = this.#options;
    this.#last = this.#last.then(() => this.#look()).catch((error: unknown) => witness.failed(error));
    return this.#last;
  }

  async #look(): Promise<void> {
    const { witness, now, own } = this.#options;
    const trouble = await this.#read();
    const { keys, revoked } = own();
    const time = now();
    const isOver = (key: PublishedKey): boolean => key.until <= time || isNamed(key.held, revoked);
    this.#keys.drop(isOver);
    const asked = [...this.#inFile.all, ...keys].filter((key) => !isOver(key));
    const added = Map.groupBy(asked, (key) => this.#keys.add(key, time));
    witness.leftOut(added.get('clash') ?? [], added.get('full') ?? []);
    witness.state(trouble ?? (await this.#write(time, isOver)));
  }

  /** @returns why the file cannot be used */
  async #read(): Promise<StateTrouble | undefined> {
    const { path } = this.#options;
    if (path === undefined) return undefined;
    const contents = await this.#contents(path);
    const text = contents.kind === 'bytes' ? `${contents.mode} ${Buffer.from(contents.bytes)}` : undefined;
    if (text !== undefined && text === this.#text) return undefined;
    const reading = await inSlices(readState(contents), 'JWKS');
    if (reading.kind === 'unusable') return { code: 'keys.state-unusable', ...reading };
    this.#text = text;
    this.#inFile = reading.keys;
    return undefined;
  }

  async #contents(path: string): Promise<FileContents> {
    try {
      return await this.#options.files.read(path);
    } catch (error) {
      if (error instanceof LocatedError) return { kind: 'failed', reason: 'is on a file system that does not answer' };
      throw error;
    }
  }

  /** @returns why the file cannot be written */
  async #write(now: number, isOver: (key: PublishedKey) => boolean): Promise<StateTrouble | undefined> {
    const { path } = this.#options;
    if (path === undefined) return undefined;
    // If two processes have a key of one name, the first in the file stays: they must not overwrite each other forever.
    const next = new PublishedKeys();
    for (const key of this.#inFile.all) if (!isOver(key)) next.add(key, now);
    for (const key of this.#keys.all) next.add(key, now);
    const isBehind = next.all.some((key) => isMissing(key, this.#inFile));
    const isToForget = this.#inFile.all.some((key) => key.until > now && isOver(key));
    if (!isBehind && !isToForget) return undefined;
    const text = stateText(next.all, now);
    const trouble = await this.#replace(path, text, now);
    if (trouble !== undefined) return trouble;
    this.#text = undefined;
    this.#inFile = next;
    return undefined;
  }

  /** Waits for the file system for some seconds only. Until it answers, nothing else is written. */
  async #replace(path: string, text: string, now: number): Promise<StateTrouble | undefined> {
    if (this.#isWriting) return stalled;
    this.#isWriting = true;
    const writing = (async (): Promise<StateTrouble | undefined> => {
      try {
        if (!this.#isTidy) await removeOldDrafts(path, now);
        this.#isTidy = true;
        await writeAside(path, text);
        return undefined;
      } catch (error) {
        return unwritable(error);
      } finally {
        this.#isWriting = false;
      }
    })();
    return Promise.race([writing, setTimeout(writeLimit, stalled, { ref: false })]);
  }
}

function isMissing(key: PublishedKey, inFile: PublishedKeys): boolean {
  const known = inFile.find(keyId(key.held) ?? '');
  if (known === undefined || known.held.thumbprint !== key.held.thumbprint) return true;
  if (known.until < key.until - slack) return true;
  return known.activeFrom !== key.activeFrom || known.algorithms.size !== key.algorithms.size;
}

/** What to do about errors of errno(3). */
const cures: Readonly<Record<string, string>> = {
  EACCES: 'Give mintproc the right to write into its folder: a volume with `fsGroup`, not a ConfigMap.',
  EBUSY: 'Mount the folder of the file, not the file alone (`subPath`): it is replaced by renaming.',
  EDQUOT: 'Make room on the volume.',
  EISDIR: 'Name a file, not a folder.',
  ENOENT: 'Create its folder before mintproc starts.',
  ENOSPC: 'Make room on the volume.',
  EROFS: 'Its folder is read-only: use a volume that may be written, such as an emptyDir.',
};

const stalled: StateTrouble = {
  code: 'keys.state-unwritten',
  reason: 'The file system of the state file does not answer. Keys are published, but not remembered.',
  suggestion: 'Look after its volume.',
};

function unwritable(error: unknown): StateTrouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return {
    code: 'keys.state-unwritten',
    reason: `The state file cannot be written (${code}). Keys are published, but not remembered.`,
    suggestion: cures[code] ?? 'Name a file in a folder that mintproc may write.',
  };
}
