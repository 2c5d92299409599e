/**
 * @module
 * From the configuration in force to the next: everything is compiled first, one reference is exchanged then, and whatever
 * is wrong leaves the last good one where it is.
 */
import type { Problem } from '../../diagnostics/problem.ts';
import { inSlices } from '../../observe/slices.ts';
import { proveKeys } from '../keys/prove-keys.ts';
import { noSigningKeys, type SigningKeys } from '../keys/signing-rings.ts';
import type { TlsPart } from '../listener-tls.ts';
import { type LoadOptions, loadConfiguration } from '../load.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Checked, Checker } from './checker.ts';
import { KeptFiles, type LoadInputs, partsOf, repeatLoad } from './load-inputs.ts';
import { type LaterReader, ReadRecord } from './read-record.ts';
import { restoreHeld, type StoredHeld } from './stored-keys.ts';
import type { WatchedFiles } from './watched-files.ts';

/** A configuration that can be put in force. */
export interface Candidate {
  readonly snapshot: Snapshot;
  /** From which another process makes the same. */
  readonly inputs: LoadInputs;
}

interface Told {
  readonly problems: readonly Problem[];
  /** A part of its own once a configuration is in force; undefined where nothing could be found out of it. */
  readonly tls: TlsPart | undefined;
}

/** What came of an attempt. */
export type ReloadResult =
  | ({ readonly kind: 'loaded' } & Candidate & Told)
  | ({ readonly kind: 'refused' } & Told)
  /** Files changed while they were read, so what was read belongs together by chance only. */
  | { readonly kind: 'unsettled' };

/** A check that broke may well come to its end later; until then it must not use up the machine. In milliseconds. */
const brokenPause = 60_000;

/** Milliseconds. A machine on which it takes longer than the longest time compiles nothing. */
const shortestCompilation = 50;
const longestCompilation = 600_000;

type Given = Pick<LoadInputs, 'file' | 'version' | 'now' | 'before'>;

export interface ReloadOptions
  extends Omit<LoadOptions, 'version' | 'before' | 'documents' | 'tlsApart' | 'withoutKeys'> {
  /** Looks at files while others are served. */
  readonly watched: LaterReader & Pick<WatchedFiles, 'reach'>;
  readonly checker: Pick<Checker, 'check' | 'close'>;
}

export class Reloader {
  readonly #file: string;
  readonly #options: ReloadOptions;
  #record = new ReadRecord();
  #snapshot: Snapshot | undefined;
  #announced: Snapshot | undefined;
  #isDue = false;
  /** When files that could not be checked are looked at again, on the clock of `performance`. */
  #retryAt = 0;

  /** @param file the configuration */
  constructor(file: string, options: ReloadOptions) {
    this.#file = file;
    this.#options = options;
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

  /** Reads and compiles at once, while nobody is served yet. To adopt what was loaded is the caller's. */
  async start(): Promise<ReloadResult> {
    const { files } = this.#options;
    const kept = new KeptFiles(files);
    const given = this.#given();
    const { file, version, now, before } = given;
    const options: LoadOptions = {
      ...this.#options,
      files: kept,
      version,
      before,
      withoutKeys: 'some',
      now: () => now,
    };
    const { snapshot, problems, tls } = await proveKeys(loadConfiguration(file, options));
    const read = { files: kept.files, folders: kept.folders, parsed: new Map() };
    const record = new ReadRecord();
    for (const part of partsOf(read)) record.note(part);
    if (!record.holds(files)) return { kind: 'unsettled' };
    this.#record = record;
    if (snapshot === undefined) return { kind: 'refused', problems, tls };
    const inputs = { ...given, ...read, announcedIn: 0, unlocked: new Map(), before: outcome(before, snapshot) };
    return { kind: 'loaded', snapshot, problems, tls, inputs };
  }

  /**
   * Has the files read and checked by another process, and compiles what passed in slices. To put in force what was
   * loaded, and to adopt it then, is the caller's.
   */
  async attempt(): Promise<ReloadResult> {
    this.#isDue = false;
    this.#retryAt = 0;
    const { file, now } = this.#given();
    const checked = await this.#options.checker.check({ file, now, tls: this.#snapshot?.settings.tls });
    const { tls } = checked;
    if (checked.end === 'unsettled') return { kind: 'unsettled' };
    if (checked.end === 'broken') {
      this.#retryAt = performance.now() + brokenPause;
      return { kind: 'refused', problems: checked.problems, tls };
    }
    // The same files would end in the same: they are read again once one of them differs.
    this.#record = checked.record;
    if (checked.end === 'refused') return { kind: 'refused', problems: checked.problems, tls };
    return this.#compile(checked);
  }

  /**
   * A new key signs once it has been published for a while, and it is published after it was compiled: the time that this
   * takes is added. It takes no longer than loading took where it was checked, but for a machine that is busy; then it is
   * done again.
   */
  async #compile(checked: Checked): Promise<ReloadResult> {
    const { files, folders, parsed } = checked.read;
    const { tls, unlocked } = checked;
    for (
      let announcedIn = shortestCompilation + checked.loadTime;
      announcedIn <= longestCompilation;
      announcedIn *= 4
    ) {
      const began = performance.now();
      const given = this.#given();
      const { file, version, now } = given;
      const before = withMade(given.before, checked.made);
      const inputs = { file, version, now, announcedIn, files, folders, parsed, unlocked, before };
      const { snapshot, problems } = await inSlices(repeatLoad(inputs, this.#options), 'reload');
      if (snapshot === undefined) return { kind: 'refused', problems, tls };
      if (performance.now() - began > announcedIn) continue;
      const all = together(checked.problems, problems);
      return { kind: 'loaded', snapshot, problems: all, tls, inputs: { ...inputs, before: outcome(before, snapshot) } };
    }
    return { kind: 'unsettled' };
  }

  #given(): Given {
    const { now = Date.now } = this.#options;
    const { keys: before = noSigningKeys, version = 0 } = this.#snapshot ?? {};
    return { file: this.#file, version: version + 1, now: now(), before };
  }

  /** Whether anything differs from the last attempt, successful or not. */
  async hasChanged(): Promise<boolean> {
    if (performance.now() < this.#retryAt) return false;
    return this.#isDue || (await this.digestNow()) !== this.#record.digest;
  }

  /** Returns once the folder was found to answer. @throws LocatedError where it does not, in time */
  reach(folder: string): Promise<void> {
    return this.#options.watched.reach(folder);
  }

  /** Ends an attempt that is under way. */
  close(): void {
    this.#options.checker.close();
  }

  /** What is there now, to be compared with a later look. */
  digestNow(): Promise<string> {
    return this.#record.digestNow(this.#options.watched);
  }
}

/** With the keys that were generated while the configuration was checked; one that was there before stays. */
function withMade({ rings, made }: SigningKeys, stored: ReadonlyMap<string, StoredHeld>): SigningKeys {
  const missing = [...stored].filter(([name]) => !made.has(name));
  return { rings, made: new Map([...made, ...missing.map(([name, held]) => [name, restoreHeld(held)] as const)]) };
}

/** From what another process makes the same keys. */
function outcome({ rings }: SigningKeys, { keys }: Snapshot): SigningKeys {
  return { rings, made: keys.made };
}

/** What was found with every place, and what only the configuration in force before could show. */
function together(checked: readonly Problem[], compiled: readonly Problem[]): readonly Problem[] {
  const told = new Set(checked.map(({ code, message }) => `${code} ${message}`));
  return [...checked, ...compiled.filter(({ code, message }) => !told.has(`${code} ${message}`))];
}

/** Settings that are read at the start only, and differ. */
export function needsRestart(running: Snapshot, next: Snapshot): readonly string[] {
  const fixed = ({ settings }: Snapshot): Readonly<Record<string, unknown>> => ({
    listen: settings.listen,
    transport: settings.transport,
    // Its files are followed; whether connections are plain is not.
    tls: settings.tls === undefined,
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
