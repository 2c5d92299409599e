/**
 * @module
 * Nothing of an export is dropped without a word: without any of its parts, the import writes something else, or the
 * part is one of those that change no token and no request, each with its reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readExports } from '../../../src/dialects/exports.ts';
import { importedFiles } from '../../../src/migration/imported-folder.ts';
import { migrationOf } from '../../../src/migration/migration.ts';
import { type Effort, Finding, type Search } from '../../search/search.ts';
import { type Deletion, deletionsIn } from './deleted-parts.ts';
import { reasonFor, unusedReasons } from './unsaid-parts.ts';

export const search: Search = {
  name: 'import-deletions',
  property: 'Each part of an export changes what the import writes, or is known to change no token and no request.',
  inputs: 2_000,
  share: 60,
  run,
};

interface Case extends Deletion {
  readonly vendor: string;
}

async function run(effort: Effort): Promise<string> {
  const vendors = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const exports = new Map(vendors.map(({ name }) => [name, textsOf(name)] as const));
  const whole = new Map(Array.from(exports, ([vendor, texts]) => [vendor, written(texts)] as const));
  const cases = Array.from(exports, ([vendor, texts]): readonly Case[] =>
    Array.from(texts, ([name, text]) => deletionsIn(name, text).map((one) => ({ ...one, vendor }))).flat(),
  ).flat();
  const used = new Set<string>();
  let tried = 0;
  for await (const number of effort.inputs()) {
    // A prime step visits all of them, in another order for each seed.
    const one = number < cases.length ? cases[(effort.seed + number * step) % cases.length] : undefined;
    if (one === undefined) break;
    tried += 1;
    const texts = new Map([...(exports.get(one.vendor) ?? []), [one.name, one.text]]);
    if (written(texts) !== whole.get(one.vendor)) continue;
    const part = `${one.vendor}/${one.part}`;
    const reason = reasonFor(part);
    if (reason === undefined) throw new Finding(`${part} has no effect on the import, and nothing is said of it.`);
    used.add(reason);
  }
  const unused = tried < cases.length ? [] : unusedReasons(used);
  if (unused.length > 0) throw new Finding(`No part of the exports needs these reasons:\n${unused.join('\n')}`);
  return `${tried} of ${cases.length} parts`;
}

const step = 7919;

function textsOf(vendor: string): ReadonlyMap<string, string> {
  const folder = join(import.meta.dirname, vendor);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')] as const));
}

/** Everything but the vendor's own files. */
function written(texts: ReadonlyMap<string, string>): string {
  const files = Array.from(texts, ([name, text]) => ({ path: name, name, text, bytes: Buffer.from(text) }));
  const migration = migrationOf(readExports(files));
  const proxy = { platform: 'envoy', files: new Map(), notes: [], readsCaller: true };
  return Array.from(importedFiles(migration, proxy))
    .filter(([name]) => !name.startsWith('policies/'))
    .map(([name, bytes]) => `${name}\n${Buffer.from(bytes)}`)
    .join('\n');
}
