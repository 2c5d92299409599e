/**
 * @module
 * Which test files are near a source file: those in the folder of its name, then those that import it with the fewest
 * files in between. What a module does when it is loaded has no test of its own, and to load all tests for each mutant
 * there would take most of a run. A test of whole policies imports much, so it is far from each source that it is for.
 * What a schema says is first judged by the test of the files that are written from it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from '../architecture/source-file.ts';

const ofSchemas = 'test/cli/schema-files.test.ts';

/** @returns the test files that import a source: those of its folder, then others; of both, the nearest first */
export function nearestTo(root: string, tests: readonly string[]): (source: string) => readonly string[] {
  const importers = new Map<string, string[]>();
  const read = new Set(tests);
  // What is added to a set while it is read is read too.
  for (const path of read) {
    for (const target of targetsOf(root, path)) {
      importers.set(target, [...(importers.get(target) ?? []), path]);
      read.add(target);
    }
  }
  const wanted = new Set(tests);
  return (source) => {
    const found = new Set([source]);
    for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer);
    const near = [...found].filter((path) => wanted.has(path));
    const folder = source.replace(/^src\//, 'test/').replace(/[^/]*$/, '');
    const ranks = near.map((path) => {
      if (path === ofSchemas && source.endsWith('-schema.ts')) return 0;
      return path.startsWith(folder) ? 1 : 2;
    });
    return [0, 1, 2].flatMap((rank) => near.filter((_, index) => ranks[index] === rank));
  };
}

function targetsOf(root: string, path: string): readonly string[] {
  if (!path.endsWith('.ts') || !existsSync(join(root, path))) return [];
  return importsOf({ path, text: readFileSync(join(root, path), 'utf8') })
    .filter(({ kind }) => kind === 'file')
    .map(({ target }) => target);
}
