/**
 * @module
 * Which test files are near a source file: those in the folder of its name, then those that import it with the fewest
 * files in between. What a module does when it is loaded has no test of its own, and to load all tests for each mutant
 * there would take most of a run. A test of whole policies imports much, so it is far from each source that it is for.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from '../architecture/source-file.ts';

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
    const isOwn = (path: string): boolean => path.startsWith(folder);
    return [...near.filter(isOwn), ...near.filter((path) => !isOwn(path))];
  };
}

function targetsOf(root: string, path: string): readonly string[] {
  if (!path.endsWith('.ts') || !existsSync(join(root, path))) return [];
  return importsOf({ path, text: readFileSync(join(root, path), 'utf8') })
    .filter(({ kind }) => kind === 'file')
    .map(({ target }) => target);
}
