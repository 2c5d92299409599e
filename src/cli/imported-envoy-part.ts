/**
 * @module
 * The Envoy part of an imported configuration, which is not on the disk yet. As long as values are open, it is that of
 * what is known.
 */
import type { EnvoyNeeds } from '../configuration/envoy-needs.ts';
import type { PlatformName } from '../envoy/platforms.ts';
import { importedFiles } from '../migration/imported-folder.ts';
import { knownPart } from '../migration/known-part.ts';
import type { Migration } from '../migration/migration.ts';
import type { ProxyPart } from '../migration/steps-to-take.ts';
import { envoyFiles, needsOfFiles } from './envoy-files.ts';

/** What the known part needs of Envoy; undefined if it cannot be said yet. */
export function importedNeeds(migration: Migration): EnvoyNeeds | undefined {
  return needsOfFiles(importedFiles(knownPart(migration))).needs;
}

/** @param needs those of the migration */
export function importedEnvoyPart(migration: Migration, name: PlatformName, needs: EnvoyNeeds | undefined): ProxyPart {
  const { files, notes } = envoyFiles(needs, name);
  const isOpen = migration.policies.some(({ verdict }) => verdict === 'needs-values');
  const before = isOpen
    ? `# Values of mintproc.yaml are open. When they are filled in, write this file again:\n# mintproc gen ${name} --config mintproc.yaml\n`
    : '';
  return { platform: name, files: new Map(Array.from(files, ([file, text]) => [file, `${before}${text}`])), notes };
}
