/**
 * @module
 * The configurations of a run of tests. Each is loaded once, whatever number of test files name it.
 */
import { resolve } from 'node:path';
import type { FileReader } from '../../configuration/files.ts';
import { type StandIn, StandInKeys } from '../../configuration/keys/stand-in-keys.ts';
import { loadConfiguration } from '../../configuration/load.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { StepRecorder } from '../../mint/step-recorder.ts';
import { type TestedConfiguration, testedConfiguration } from '../../trial/cases/tested-configuration.ts';
import { keysOfSnapshot, keysOfStandIns } from '../../trial/snapshot-keys.ts';
import { forTrials } from '../../trial/trial-loading.ts';
import type { VerifyingKey } from '../../verification/verifying-key.ts';
import type { Terminal } from '../terminal.ts';

/** The configuration, or its errors. */
export type LoadedConfiguration =
  | (LoadedTests & { readonly ok: true; readonly standInKeys: readonly StandIn[] })
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface LoadedTests {
  readonly tested: TestedConfiguration;
  /** Of the configuration and its policies. */
  readonly warnings: readonly Problem[];
}

/** A configuration that records how members are computed. */
export interface RecordingConfiguration {
  readonly tested: TestedConfiguration;
  readonly recorder: StepRecorder;
}

export class TestedConfigurations {
  readonly #files: FileReader;
  readonly #terminal: Pick<Terminal, 'environment' | 'now'>;
  readonly #loaded = new Map<string, LoadedConfiguration>();
  readonly #standInKeys = new Map<string, StandInKeys>();
  readonly #recording = new Map<string, RecordingConfiguration | undefined>();

  constructor(files: FileReader, terminal: Pick<Terminal, 'environment' | 'now'>) {
    this.#files = files;
    this.#terminal = terminal;
  }

  /** `standInKeys` is empty from the second time on. */
  of(file: string): LoadedConfiguration {
    const path = resolve(file);
    const known = this.#loaded.get(path);
    if (known !== undefined) return known.ok ? { ...known, standInKeys: [] } : known;
    const loaded = this.#load(file, undefined);
    this.#loaded.set(path, loaded);
    return loaded;
  }

  /** For the cases that fail: to record takes time. Undefined if it does not load a second time. */
  recording(file: string): RecordingConfiguration | undefined {
    const path = resolve(file);
    if (!this.#recording.has(path)) {
      const recorder = new StepRecorder();
      const loaded = this.#load(file, recorder);
      this.#recording.set(path, loaded.ok ? { tested: loaded.tested, recorder } : undefined);
    }
    return this.#recording.get(path);
  }

  #load(file: string, recorder: StepRecorder | undefined): LoadedConfiguration {
    const { environment, now } = this.#terminal;
    const standInKeys = this.#standInKeysOf(file);
    const { snapshot, routes, problems } = loadConfiguration(file, {
      files: this.#files,
      environment,
      now,
      ...forTrials,
      // The order of cases must not matter.
      withoutReuse: true,
      recorder,
      standInKeys,
    });
    if (snapshot === undefined) {
      return { ok: false, problems: problems.filter(({ severity }) => severity === 'error') };
    }
    const openers = keysOfStandIns(standInKeys, file);
    let latest: { readonly at: number; readonly keys: readonly VerifyingKey[] } | undefined;
    const tested = testedConfiguration({ snapshot, routes }, (at) => {
      latest = latest?.at === at ? latest : { at, keys: [...keysOfSnapshot(snapshot, file, at).keys, ...openers] };
      return latest.keys;
    });
    const warnings = problems.filter(({ severity }) => severity === 'warning');
    return { ok: true, tested, warnings, standInKeys: standInKeys.made };
  }

  /** Both times that a configuration loads, it has the same keys. */
  #standInKeysOf(file: string): StandInKeys {
    const path = resolve(file);
    const keys = this.#standInKeys.get(path) ?? new StandInKeys();
    this.#standInKeys.set(path, keys);
    return keys;
  }
}
