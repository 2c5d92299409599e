/**
 * @module
 * The Envoy part of a configuration that a command has made and not written yet.
 */
import { loadEnvoyNeeds } from '../configuration/envoy-needs.ts';
import type { FileReader } from '../configuration/files.ts';
import type { Problem } from '../diagnostics/problem.ts';
import type { PlatformValues } from '../envoy/platform.ts';
import { type PlatformName, platforms } from '../envoy/platforms.ts';
import { envoyPartOf, pathOptions } from './envoy-part-of.ts';

export interface EnvoyFiles {
  readonly files: ReadonlyMap<string, string>;
  /** What is left to do for the user; or, without files, why there are none. */
  readonly notes: readonly string[];
  /** What loading the configuration found. */
  readonly problems: readonly Problem[];
}

/**
 * @param files those of the new folder, with `mintproc.yaml`
 * @param given values of the platform's options; the others have their default
 */
export function envoyFiles(
  files: ReadonlyMap<string, Uint8Array>,
  name: PlatformName,
  given: PlatformValues = {},
): EnvoyFiles {
  const { needs, problems } = loadEnvoyNeeds('mintproc.yaml', readerOf(files));
  if (needs === undefined) return { files: new Map(), notes: [], problems };
  const platform = platforms[name];
  const options = { ...pathOptions, ...platform.options };
  const byDefault = Object.fromEntries(Object.entries(options).map(([option, row]) => [option, row.byDefault]));
  const values = { ...byDefault, ...given };
  const part = envoyPartOf(needs, values);
  const refusals = platform.refusals(part, values);
  if (refusals.length > 0) return { files: new Map(), notes: refusals, problems };
  const { files: generated, notes } = platform.generate(part, values);
  return { files: new Map(generated.map((file) => [file.name, file.text])), notes, problems };
}

function readerOf(files: ReadonlyMap<string, Uint8Array>): FileReader {
  return {
    read(path) {
      const bytes = files.get(path);
      return bytes === undefined ? { kind: 'failed', reason: 'does not exist' } : { kind: 'bytes', bytes };
    },
    list: () => ({ kind: 'names', names: [] }),
  };
}
