/**
 * @module
 * The files that an import writes, by their paths relative to the new folder.
 */
import type { Migration } from './migration.ts';
import { configurationText } from './write-configuration.ts';

export function importedFiles(migration: Migration): ReadonlyMap<string, Uint8Array> {
  const text = new TextEncoder();
  return new Map([['mintproc.yaml', text.encode(configurationText(migration))], ...migration.copies]);
}
