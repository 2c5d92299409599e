/**
 * @module
 * The Envoy part of a configuration that a command has made and not written yet.
 */
import { type EnvoyNeeds, loadEnvoyNeeds } from '../configuration/envoy-needs.ts';
import type { FileReader } from '../configuration/files.ts';
import { noSuchFile } from '../diagnostics/missing-file.ts';
import { sentencesOf } from '../diagnostics/problem.ts';
import type { PlatformValues } from '../envoy/platform.ts';
import { type PlatformName, platforms } from '../envoy/platforms.ts';
import { envoyPartOf, pathOptions } from './envoy-part-of.ts';

/** @param files those of the new folder, with `mintproc.yaml` */
export function needsOfFiles(files: ReadonlyMap<string, Uint8Array>): ReturnType<typeof loadEnvoyNeeds> {
  return loadEnvoyNeeds('mintproc.yaml', readerOf(files));
}

export interface EnvoyFiles {
  readonly files: ReadonlyMap<string, string>;
  /** What is left to do for the user. If `files` is empty, this says why. */
  readonly notes: readonly string[];
}

/**
 * @param needs those of the configuration; undefined if it does not load
 * @param given values of the platform's options; the others have their default
 */
export function envoyFiles(needs: EnvoyNeeds | undefined, name: PlatformName, given: PlatformValues = {}): EnvoyFiles {
  if (needs === undefined) return { files: new Map(), notes: [] };
  const platform = platforms[name];
  const options = { ...pathOptions, ...platform.options };
  const byDefault = Object.fromEntries(Object.entries(options).map(([option, row]) => [option, row.byDefault]));
  const values = { ...byDefault, ...given };
  const part = envoyPartOf(needs, values);
  const refusals = [...platform.problems(part).map(sentencesOf), ...platform.refusals(part, values)];
  if (refusals.length > 0) return { files: new Map(), notes: refusals };
  const { files, notes } = platform.generate(part, values);
  return { files: new Map(files.map((file) => [file.name, file.text])), notes };
}

function readerOf(files: ReadonlyMap<string, Uint8Array>): FileReader {
  return {
    read(path) {
      const bytes = files.get(path);
      return bytes === undefined ? { kind: 'failed', reason: noSuchFile } : { kind: 'bytes', bytes };
    },
    list: () => ({ kind: 'names', names: [] }),
  };
}
