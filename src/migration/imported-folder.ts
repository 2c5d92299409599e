/**
 * @module
 * The files that an import writes, by their paths relative to the new folder.
 */
import { keysReadme } from './keys-readme.ts';
import type { Migration } from './migration.ts';
import { configurationText } from './write-configuration.ts';
import { reportText } from './write-report.ts';

/** @param proxy the files of the Envoy part */
export function importedFiles(
  migration: Migration,
  proxy: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, Uint8Array> {
  const texts = new Map([
    ['REPORT.md', reportText(migration, [...proxy.keys()])],
    ['keys/README.md', keysReadme(migration)],
    ['keys/.gitignore', keysIgnored],
    ...proxy,
    ['mintproc.yaml', configurationText(migration)],
  ]);
  const encoder = new TextEncoder();
  return new Map([...migration.copies, ...Array.from(texts, ([path, text]) => [path, encoder.encode(text)] as const)]);
}

const keysIgnored = '*\n!.gitignore\n!README.md\n';
