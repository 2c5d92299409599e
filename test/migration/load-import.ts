/**
 * @module
 * Loads what an import of an export writes, in memory. Keys are generated as the policies need them.
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Loaded, loadConfiguration } from '../../src/configuration/load.ts';
import type { ExportedApi } from '../../src/dialects/exported.ts';
import { importedFiles } from '../../src/migration/imported-folder.ts';
import { type Migration, migrationOf } from '../../src/migration/migration.ts';
import { memoryFiles } from '../configuration/memory-files.ts';

export interface LoadedImport extends Loaded {
  readonly migration: Migration;
  /** `mintproc.yaml`, as written. */
  readonly text: string;
  /** `REPORT.md`, as written. */
  readonly report: string;
  /** The test files, as written. */
  readonly tests: readonly string[];
}

/** Loads it as `validate --strict` does. */
export function loadImport(apis: readonly ExportedApi[]): LoadedImport {
  const migration = migrationOf(apis);
  const written = Object.fromEntries(importedFiles(migration));
  const files = memoryFiles({ ...written, ...keysFor(migration) });
  const textOf = (name: string): string => Buffer.from(written[name] ?? []).toString();
  const [text, report] = [textOf('mintproc.yaml'), textOf('REPORT.md')];
  const tests = migration.tests.map(({ file }) => textOf(file));
  return { ...loadConfiguration('mintproc.yaml', { files, strict: true }), migration, text, report, tests };
}

/** A key for each file, of the kind that the algorithm in the policies' files needs. */
function keysFor({ keys, policies }: Migration): Record<string, string> {
  return Object.fromEntries(
    keys.map(({ file, kind, entries }) => {
      const user = policies.find(({ entry }) => entry !== undefined && entries.includes(entry.name));
      const text = user?.policy.file.text ?? '';
      if (kind !== 'secret') return [file, pem(pairFor(text), kind)];
      const isShort = user?.entry?.settings['allowShortSecret'] === true;
      return [file, isShort ? 'a short secret' : `${secret} ${file}`];
    }),
  );
}

const secret = 'not a secret, but as long as one needs to be: 0123456789012345678901234567890';

type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const pairs = new Map<string, Pair>();

function pairFor(text: string): Pair {
  const [, bits] = /\bES(256|384|512)\b/.exec(text) ?? [];
  const name = bits ?? 'RSA';
  const pair =
    pairs.get(name) ??
    (bits === undefined
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: bits === '512' ? 'P-521' : `P-${bits}` }));
  pairs.set(name, pair);
  return pair;
}

function pem({ publicKey, privateKey }: Pair, kind: 'private' | 'public'): string {
  return kind === 'private'
    ? privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    : publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
