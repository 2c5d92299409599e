/**
 * @module
 * From the configuration in force to the next: everything is compiled first, one reference is exchanged then, and whatever
 * is wrong leaves the last good one where it is.
 */
import type { Problem } from '../diagnostics/problem.ts';
import { type Loaded, type LoadOptions, loadConfiguration } from './load.ts';
import { ReadRecord } from './read-record.ts';
import type { Snapshot } from './snapshot.ts';

/** What came of an attempt. */
export type ReloadResult =
  | { readonly kind: 'loaded'; readonly snapshot: Snapshot; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** Files changed while they were read, so what was read belongs together by chance only. */
  | { readonly kind: 'unsettled' };

export type ReloadOptions = Omit<LoadOptions, 'version' | 'before'>;

export class Reloader {
  readonly #file: string;
  readonly #options: ReloadOptions;
  #record: ReadRecord;
  #snapshot: Snapshot | undefined;

  /** @param file the configuration */
  constructor(file: string, options: ReloadOptions) {
    this.#file = file;
    this.#options = options;
    this.#record = new ReadRecord(options.files);
  }

  /** The folders in which the files of the last attempt are. */
  get folders(): ReadonlySet<string> {
    return this.#record.folders;
  }

  /** Reads and compiles. What is loaded is the one that the next attempt follows; to put it in force is the caller's. */
  attempt(): ReloadResult {
    const record = new ReadRecord(this.#options.files);
    const { snapshot, problems } = this.#load(record);
    if (!record.holds()) return { kind: 'unsettled' };
    this.#record = record;
    if (snapshot === undefined) return { kind: 'refused', problems };
    this.#snapshot = snapshot;
    return { kind: 'loaded', snapshot, problems };
  }

  #load(record: ReadRecord): Loaded {
    const before = this.#snapshot;
    const version = (before?.version ?? 0) + 1;
    const carried = before === undefined ? {} : { before: before.keys };
    try {
      return loadConfiguration(this.#file, { ...this.#options, ...carried, files: record, version });
    } catch (error) {
      // The same files would end in the same: they are read again once one of them differs.
      this.#record = record;
      throw error;
    }
  }

  /** Whether anything differs from the last attempt, successful or not. */
  async hasChanged(): Promise<boolean> {
    return (await this.#record.digestNow()) !== this.#record.digest;
  }

  /** What is there now, to be compared with a later look. */
  digestNow(): Promise<string> {
    return this.#record.digestNow();
  }
}

/** Settings that are read at the start only, and differ. */
export function needsRestart(running: Snapshot, next: Snapshot): readonly string[] {
  const fixed = ({ settings, tls }: Snapshot): Readonly<Record<string, unknown>> => ({
    listen: settings.listen,
    transport: settings.transport,
    tls: JSON.stringify(tls),
    admin: settings.admin,
    'jwks.listen': settings.jwks?.listen,
    'jwks.issuer': settings.jwks?.issuer === undefined,
    limits: JSON.stringify(settings.limits),
    'log.level': settings.log.level,
    reload: JSON.stringify(settings.reload),
  });
  const after = fixed(next);
  return Object.entries(fixed(running)).flatMap(([name, value]) => (after[name] === value ? [] : [name]));
}
