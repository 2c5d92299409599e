/**
 * @module
 * The files that an import writes, by their paths relative to the new folder.
 */
import type { RequestInputs } from '../plan/request-inputs.ts';
import type { ProxyPart } from './gen-command.ts';
import { keysReadme } from './keys-readme.ts';
import type { Migration } from './migration.ts';
import { configurationText } from './write-configuration.ts';
import { reportText } from './write-report.ts';
import { testFileText } from './write-test.ts';

/** @param inputs what policies read of a request, by the names of their entries */
export function importedFiles(
  migration: Migration,
  proxy: ProxyPart = { platform: 'envoy', files: new Map(), notes: [], readsCaller: false },
  inputs: ReadonlyMap<string, RequestInputs> = new Map(),
): ReadonlyMap<string, Uint8Array> {
  const texts = new Map([
    ['REPORT.md', reportText(migration, proxy)],
    ['keys/README.md', keysReadme(migration)],
    ['keys/.gitignore', keysIgnored],
    ...proxy.files,
    ['mintproc.yaml', configurationText(migration)],
    ...migration.tests.map((one) => [one.file, testFileText(one, inputs.get(one.entry))] as const),
  ]);
  const encoder = new TextEncoder();
  return new Map([...migration.copies, ...Array.from(texts, ([path, text]) => [path, encoder.encode(text)] as const)]);
}

const keysIgnored = '*\n!.gitignore\n!README.md\n';
