/**
 * @module
 * The files that an import writes, by their paths relative to the new folder.
 */
import { keysReadme } from './keys-readme.ts';
import type { Migration } from './migration.ts';
import type { ProxyPart } from './steps-to-take.ts';
import { configurationText } from './write-configuration.ts';
import { reportText } from './write-report.ts';

export function importedFiles(
  migration: Migration,
  proxy: ProxyPart = { platform: 'envoy', files: new Map(), notes: [] },
): ReadonlyMap<string, Uint8Array> {
  const texts = new Map([
    ['REPORT.md', reportText(migration, proxy)],
    ['keys/README.md', keysReadme(migration)],
    ['keys/.gitignore', keysIgnored],
    ...proxy.files,
    ['mintproc.yaml', configurationText(migration)],
  ]);
  const encoder = new TextEncoder();
  return new Map([...migration.copies, ...Array.from(texts, ([path, text]) => [path, encoder.encode(text)] as const)]);
}

const keysIgnored = '*\n!.gitignore\n!README.md\n';
