/**
 * @module
 * From the configuration in force to the next: everything is compiled first, one reference is exchanged then, and whatever
 * is wrong leaves the last good one where it is.
 */
import type { Problem } from '../diagnostics/problem.ts';
import { type Loaded, type LoadOptions, loadConfiguration } from './load.ts';
import { KeptFiles, type LoadInputs } from './load-inputs.ts';
import { ReadRecord } from './read-record.ts';
import { noSigningKeys } from './signing-rings.ts';
import type { Snapshot } from './snapshot.ts';

/** A configuration that can be put in force. */
export interface Candidate {
  readonly snapshot: Snapshot;
  /** From which another process makes the same. */
  readonly inputs: LoadInputs;
}

/** What came of an attempt. */
export type ReloadResult =
  | ({ readonly kind: 'loaded'; readonly problems: readonly Problem[] } & Candidate)
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** Files changed while they were read, so what was read belongs together by chance only. */
  | { readonly kind: 'unsettled' };

export type ReloadOptions = Omit<LoadOptions, 'version' | 'before'>;

export class Reloader {
  readonly #file: string;
  readonly #options: ReloadOptions;
  #record: ReadRecord;
  #snapshot: Snapshot | undefined;
  #announced: Snapshot | undefined;
  #isDue = false;

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

  /** The configuration that was adopted last. */
  get inForce(): Snapshot {
    if (this.#snapshot === undefined) throw new TypeError('no configuration is in force yet');
    return this.#snapshot;
  }

  /** The configuration that is about to be in force. */
  get announced(): Snapshot | undefined {
    return this.#announced;
  }

  /** This one is about to be in force, and until it is adopted, or undefined is announced, verifiers learn of its keys. */
  announce(snapshot: Snapshot | undefined): void {
    this.#announced = snapshot;
  }

  /** From now on this one is in force, and what is loaded next follows it. */
  adopt(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#announced = undefined;
  }

  /** The last attempt came to nothing by an accident: its files count as changed. */
  repeat(): void {
    this.#isDue = true;
  }

  /** Reads and compiles. To put in force what was loaded, and to adopt it then, is the caller's. */
  attempt(): ReloadResult {
    this.#isDue = false;
    const { now = Date.now } = this.#options;
    const record = new ReadRecord(this.#options.files);
    const kept = new KeptFiles(record);
    const { keys: before = noSigningKeys, version = 0 } = this.#snapshot ?? {};
    const given = { file: this.#file, version: version + 1, now: now(), before };
    const { snapshot, problems } = this.#load(record, kept, given);
    if (!record.holds()) return { kind: 'unsettled' };
    this.#record = record;
    if (snapshot === undefined) return { kind: 'refused', problems };
    const { files, folders } = kept;
    const inputs = { ...given, files, folders, before: { rings: before.rings, made: snapshot.keys.made } };
    return { kind: 'loaded', snapshot, problems, inputs };
  }

  #load(
    record: ReadRecord,
    files: KeptFiles,
    { file, version, now, before }: Omit<LoadInputs, 'files' | 'folders'>,
  ): Loaded {
    try {
      return loadConfiguration(file, { ...this.#options, files, version, before, now: () => now });
    } catch (error) {
      // The same files would end in the same: they are read again once one of them differs.
      this.#record = record;
      throw error;
    }
  }

  /** Whether anything differs from the last attempt, successful or not. */
  async hasChanged(): Promise<boolean> {
    return this.#isDue || (await this.#record.digestNow()) !== this.#record.digest;
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
    workers: settings.workers,
    'log.level': settings.log.level,
    reload: JSON.stringify(settings.reload),
  });
  const after = fixed(next);
  return Object.entries(fixed(running)).flatMap(([name, value]) => (after[name] === value ? [] : [name]));
}
