/**
 * @module
 * Replaces the configuration in force by the next one: the next is compiled first, then one reference is exchanged. If
 * anything is wrong, the configuration in force stays.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Problem } from '../../diagnostics/problem.ts';
import { loadWithServices, OutsideKeys, OutsideSigners } from '../../keys/outside/outside-signers.ts';
import { isTransient } from '../../keys/outside/signer-service.ts';
import { inSlices } from '../../observe/slices.ts';
import { noSigningKeys, type SigningKeys } from '../keys/key-rings.ts';
import type { TlsPart } from '../listener-tls.ts';
import { type LoadOptions, loadConfiguration } from '../load.ts';
import { proveKeys } from '../prove-keys.ts';
import type { Snapshot } from '../snapshot.ts';
import type { AsyncFiles } from './async-files.ts';
import type { Checked, Checker } from './checker.ts';
import { type AsyncFileReader, FileDigests } from './file-digests.ts';
import { KeptFiles, type LoadInputs, partsOf, repeatLoad } from './load-inputs.ts';
import { deserializeHeldKey, type SerializedHeldKey } from './serialized-keys.ts';

/** A configuration that can be put in force. */
export interface Candidate {
  readonly snapshot: Snapshot;
  /** What another process needs to make the same snapshot. */
  readonly inputs: LoadInputs;
}

interface Findings {
  readonly problems: readonly Problem[];
  /** The TLS of `listen`; undefined if the check broke before it was known. */
  readonly tls: TlsPart | undefined;
}

/** The result of an attempt. */
export type ReloadResult =
  | ({ readonly kind: 'loaded' } & Candidate & Findings)
  | ({ readonly kind: 'refused' } & Findings)
  /** Files changed while they were read, so what was read may not fit together. */
  | { readonly kind: 'unsettled' };

/** Milliseconds to wait before a broken check is repeated: it may succeed later, and must not use up the machine. */
const brokenPause = 60_000;

/** The same if its process could not be started, which costs nothing: descriptors or processes may be free again. */
const unstartedPause = 5_000;

/** Milliseconds after which services that could not be asked are asked again, although no file has changed. */
const servicePause = 30_000;

/** Bounds in milliseconds. If compiling takes longer than the longest time, the attempt fails. */
const shortestCompilation = 50;
const longestCompilation = 600_000;

/** @internal Exported for tests. */
export const maxStarts = 10;

/** Milliseconds between two. */
const startPause = 100;

type Given = Pick<LoadInputs, 'file' | 'version' | 'now' | 'before'>;

export interface ReloadOptions
  extends Omit<LoadOptions, 'version' | 'before' | 'documents' | 'tlsApart' | 'withoutKeys' | 'outside'> {
  /** Ask services for signatures. Default: signers of their own. */
  readonly signers?: OutsideSigners;
  /** Reads files while requests are served. */
  readonly asyncFiles: AsyncFileReader & Pick<AsyncFiles, 'reach'>;
  readonly checker: Pick<Checker, 'check' | 'close'>;
}

export class Reloader {
  readonly #file: string;
  readonly #options: ReloadOptions;
  #fileDigests = new FileDigests();
  #snapshot: Snapshot | undefined;
  #announced: Snapshot | undefined;
  #isDue = false;
  /** When files that could not be checked are checked again, in the time of `performance.now()`. */
  #retryAt = 0;
  /** When files that have not changed are checked again, in the same time. */
  #repeatAt = Number.POSITIVE_INFINITY;

  /** @param file the configuration */
  constructor(file: string, options: ReloadOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** The folders in which the files of the last attempt are. */
  get folders(): ReadonlySet<string> {
    return this.#fileDigests.folders;
  }

  /** The configuration that was adopted last. @throws TypeError if there is none */
  get inForce(): Snapshot {
    if (this.#snapshot === undefined) throw new TypeError('no configuration is in force yet');
    return this.#snapshot;
  }

  /** The configuration that is about to be in force. */
  get announced(): Snapshot | undefined {
    return this.#announced;
  }

  /** Publishes the keys of a snapshot that is about to be in force, until it is adopted or undefined is announced. */
  announce(snapshot: Snapshot | undefined): void {
    this.#announced = snapshot;
  }

  /** Records that the snapshot is in force. The next load continues from it. */
  adopt(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#announced = undefined;
  }

  /** Treats the files as changed, after an attempt that failed by accident. */
  repeat(): void {
    this.#isDue = true;
  }

  /**
   * Reads and compiles without pauses, before requests are served. The caller adopts the result. Files that change
   * meanwhile, such as keys that are being rotated, are read again, up to `maxStarts` times in all.
   */
  async start(): Promise<ReloadResult> {
    for (let starts = 1; ; starts++) {
      const result = await this.#startOnce();
      if (result.kind !== 'unsettled' || starts === maxStarts) return result;
      await pause(startPause);
    }
  }

  async #startOnce(): Promise<ReloadResult> {
    const { files } = this.#options;
    const kept = new KeptFiles(files);
    const given = this.#given();
    const { file, version, now } = given;
    let { before } = given;
    const { environment = {}, signers = new OutsideSigners({ environment }), recall, ...context } = this.#options;
    const outside = new OutsideKeys(signers);
    const options: LoadOptions = {
      ...context,
      environment,
      outside,
      files: kept,
      version,
      before,
      withoutKeys: 'some',
      now: () => now,
      recall(path) {
        // Another process that repeats the load does not read the file again.
        before = { ...before, remembered: recall?.(path) ?? [] };
        return before.remembered;
      },
    };
    const { snapshot, problems, tls } = await proveKeys(
      await loadWithServices(outside, () => loadConfiguration(file, options)),
    );
    const read = { files: kept.files, folders: kept.folders, parsed: new Map() };
    const digests = new FileDigests();
    for (const part of partsOf(read)) digests.add(part);
    if (!digests.match(files)) return { kind: 'unsettled' };
    this.#fileDigests = digests;
    if (snapshot === undefined) return { kind: 'refused', problems, tls };
    const known = { unlocked: new Map(), outside: outside.answers, before: withGenerated(before, snapshot) };
    return { kind: 'loaded', snapshot, problems, tls, inputs: { ...given, ...read, announcedIn: 0, ...known } };
  }

  /**
   * Has the files read and checked by another process, and compiles a configuration that passed in slices. The caller
   * puts the result in force and adopts it.
   */
  async attempt(): Promise<ReloadResult> {
    this.#isDue = false;
    this.#retryAt = 0;
    this.#repeatAt = Number.POSITIVE_INFINITY;
    const { file, now } = this.#given();
    const checked = await this.#options.checker.check({ file, now, tls: this.#snapshot?.settings.tls });
    const { tls } = checked;
    if (checked.end === 'unsettled') return { kind: 'unsettled' };
    if (checked.end === 'broken' || checked.end === 'unstarted') {
      this.#retryAt = performance.now() + (checked.end === 'broken' ? brokenPause : unstartedPause);
      return { kind: 'refused', problems: checked.problems, tls };
    }
    // The same files would give the same result, so they are read again only after one has changed, unless a service
    // was away.
    this.#fileDigests = checked.fileDigests;
    if (checked.end === 'refused') {
      if (checked.problems.some(isTransient)) this.#repeatAt = performance.now() + servicePause;
      return { kind: 'refused', problems: checked.problems, tls };
    }
    return this.#compile(checked);
  }

  /**
   * A new key signs after it has been published for a while, and it is published when compiling has ended, so the time
   * of compiling is added. The estimate is the time that the check took to load. If a busy machine takes longer,
   * compiling is repeated with a longer estimate.
   */
  async #compile(checked: Checked): Promise<ReloadResult> {
    const { files, folders, parsed } = checked.read;
    const { tls, unlocked, outside } = checked;
    for (
      let announcedIn = shortestCompilation + checked.loadTime;
      announcedIn <= longestCompilation;
      announcedIn *= 4
    ) {
      const began = performance.now();
      const given = this.#given();
      const { file, version, now } = given;
      const before = withCheckedKeys(given.before, checked.generated);
      const inputs = { file, version, now, announcedIn, files, folders, parsed, unlocked, outside, before };
      const { snapshot, problems } = await inSlices(repeatLoad(inputs, this.#options), 'reload');
      if (snapshot === undefined) return { kind: 'refused', problems, tls };
      if (performance.now() - began > announcedIn) continue;
      const continued = { ...inputs, before: withGenerated(before, snapshot) };
      return { kind: 'loaded', snapshot, problems: merged(checked.problems, problems), tls, inputs: continued };
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
    const isDue = this.#isDue || performance.now() >= this.#repeatAt;
    return isDue || (await this.digestNow()) !== this.#fileDigests.digest;
  }

  /** Resolves when the file system of the folder answers. @throws LocatedError if it does not in time */
  reach(folder: string): Promise<void> {
    return this.#options.asyncFiles.reach(folder);
  }

  /** Stops an attempt that is running. */
  close(): void {
    this.#options.checker.close();
  }

  /** A digest of all files as they are now. */
  digestNow(): Promise<string> {
    return this.#fileDigests.digestNow(this.#options.asyncFiles);
  }
}

/** Adds the keys that were generated during the check; existing keys stay. */
function withCheckedKeys(before: SigningKeys, checked: ReadonlyMap<string, SerializedHeldKey>): SigningKeys {
  const { generated } = before;
  const missing = [...checked].filter(([name]) => !generated.has(name));
  return {
    ...before,
    generated: new Map([...generated, ...missing.map(([name, held]) => [name, deserializeHeldKey(held)] as const)]),
  };
}

/** Adds the keys that were generated during the load, so that another process uses the same. */
function withGenerated(before: SigningKeys, { keys }: Snapshot): SigningKeys {
  return { ...before, generated: keys.generated };
}

/** The problems of the check, and those that only the comparison with the configuration in force shows. */
function merged(checked: readonly Problem[], compiled: readonly Problem[]): readonly Problem[] {
  const reported = new Set(checked.map(({ code, message }) => `${code} ${message}`));
  return [...checked, ...compiled.filter(({ code, message }) => !reported.has(`${code} ${message}`))];
}

/** The settings that differ and are read only at the start. */
export function needsRestart(running: Snapshot, next: Snapshot): readonly string[] {
  const fixed = ({ settings }: Snapshot): Readonly<Record<string, unknown>> => ({
    listen: settings.listen,
    transport: settings.transport,
    // A change of its files needs no restart; switching TLS on or off does.
    tls: settings.tls === undefined,
    admin: settings.admin,
    'jwks.listen': settings.jwks?.listen,
    'jwks.issuer': settings.jwks?.issuer === undefined,
    'jwks.state': settings.jwks?.state,
    limits: JSON.stringify(settings.limits),
    workers: settings.workers,
    'log.level': settings.log.level,
    tracing: JSON.stringify(settings.tracing),
    reload: JSON.stringify(settings.reload),
  });
  const after = fixed(next);
  return Object.entries(fixed(running)).flatMap(([name, value]) => (after[name] === value ? [] : [name]));
}
