/**
 * @module
 * The Envoy part of an imported configuration, which is not on the disk yet. As long as values are open, it is that of
 * what is known.
 */
import { type EnvoyNeeds, loadEnvoyNeeds } from '../configuration/envoy-needs.ts';
import type { FileReader } from '../configuration/files.ts';
import { type PlatformName, platforms } from '../envoy/platforms.ts';
import { importedFiles } from '../migration/imported-folder.ts';
import { knownPart } from '../migration/known-part.ts';
import type { Migration } from '../migration/migration.ts';
import type { ProxyPart } from '../migration/steps-to-take.ts';
import { envoyPartOf, pathOptions } from './envoy-part-of.ts';

/** What the known part needs of Envoy; undefined if it cannot be said yet. */
export function importedNeeds(migration: Migration): EnvoyNeeds | undefined {
  return loadEnvoyNeeds('mintproc.yaml', filesOf(importedFiles(knownPart(migration)))).needs;
}

/** @param needs those of the migration */
export function importedEnvoyPart(migration: Migration, name: PlatformName, needs: EnvoyNeeds | undefined): ProxyPart {
  if (needs === undefined) return { platform: name, files: new Map(), notes: [] };
  const platform = platforms[name];
  const options = { ...pathOptions, ...platform.options };
  const values = Object.fromEntries(Object.entries(options).map(([option, { byDefault }]) => [option, byDefault]));
  const part = envoyPartOf(needs, values);
  const refusals = platform.refusals(part, values);
  if (refusals.length > 0) return { platform: name, files: new Map(), notes: refusals };
  const { files, notes } = platform.generate(part, values);
  const isOpen = migration.policies.some(({ verdict }) => verdict === 'needs-values');
  const before = isOpen
    ? `# Values of mintproc.yaml are open. When they are filled in, write this file again:\n# mintproc gen ${name} --config mintproc.yaml\n`
    : '';
  return { platform: name, files: new Map(files.map(({ name: file, text }) => [file, `${before}${text}`])), notes };
}

function filesOf(files: ReadonlyMap<string, Uint8Array>): FileReader {
  return {
    read(path) {
      const bytes = files.get(path);
      return bytes === undefined ? { kind: 'failed', reason: 'does not exist' } : { kind: 'bytes', bytes };
    },
    list: () => ({ kind: 'names', names: [] }),
  };
}
