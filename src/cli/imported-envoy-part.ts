/**
 * @module
 * The Envoy part of an imported configuration, which is not on the disk yet. As long as values are open, it is that of
 * what is known.
 */
import type { EnvoyNeeds } from '../configuration/envoy-needs.ts';
import type { PlatformName } from '../envoy/platforms.ts';
import { genCommand, type ProxyPart } from '../migration/gen-command.ts';
import { importedFiles } from '../migration/imported-folder.ts';
import { knownPart } from '../migration/known-part.ts';
import type { Migration } from '../migration/migration.ts';
import { envoyFiles, needsOfFiles } from './envoy-files.ts';

/** What the known part needs of Envoy; undefined if it cannot be said yet. */
export function importedNeeds(migration: Migration): EnvoyNeeds | undefined {
  return needsOfFiles(importedFiles(knownPart(migration))).needs;
}

const openValues =
  'Values of mintproc.yaml are open. When they are filled in, write this file again, as REPORT.md says:';

/** @param needs those of the migration */
export function importedEnvoyPart(migration: Migration, name: PlatformName, needs: EnvoyNeeds | undefined): ProxyPart {
  const { files, notes } = envoyFiles(needs, name);
  const readsCaller = (needs?.reads.namespaces.size ?? 0) > 0;
  const part = { platform: name, files, notes, readsCaller };
  const isOpen = migration.policies.some(({ verdict }) => verdict === 'needs-values');
  const before = isOpen ? [openValues, genCommand(migration, part).line].map((line) => `# ${line}\n`).join('') : '';
  return { ...part, files: new Map(Array.from(files, ([file, text]) => [file, `${before}${text}`])) };
}
