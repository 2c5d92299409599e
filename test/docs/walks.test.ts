/**
 * The walks of docs/architecture.md: a reader who follows them never comes back to a file that was named before.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importsOf, roomOf } from '../architecture/source-file.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

const imports = new Map(
  globSync('src/**/*.ts', { cwd: root }).map((path) => {
    // Types run nothing: a file may know the type of what called it.
    const text = readFileSync(join(root, path), 'utf8').replace(/^import type [^;]*;$/gm, '');
    return [path, importsOf({ path, text }).map(({ target }) => target)] as const;
  }),
);

/** The files of a section's numbered list, in order, each once. */
function filesOf(heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [walk = ''] = section.split('\n## ');
  return [...new Set(Array.from(walk.matchAll(/`([\w/-]+\.ts)`/g), ([, path]) => `src/${path}`))];
}

const walks: [heading: string, first: string, last: string, files: number][] = [
  ['A request, from `main.ts` to the header', 'src/main.ts', 'src/extproc/codec/encode-response.ts', 20],
  ['A key, from its name to a signature', 'src/configuration/load.ts', 'src/jose/signature-algorithms.ts', 15],
  ['An export, from a folder to `mintproc.yaml`', 'src/cli/import.ts', 'src/configuration/fill-in.ts', 24],
  [
    "A change on the playground's page, to its token",
    'src/cli/playground.ts',
    'src/playground/page/token-changes.ts',
    19,
  ],
];

for (const [heading, first, last, count] of walks) {
  test(`${heading}: every file exists, and none runs code of an earlier one`, () => {
    const files = filesOf(heading);
    assert.deepEqual([files[0], files.at(-1)], [first, last]);
    assert.ok(files.length >= count, `only ${files.length} files`);
    assert.deepEqual(
      files.filter((path) => !imports.has(path)),
      [],
    );
    const back = files.flatMap((path, index) => {
      // No import leads to a room above (test/architecture.test.ts), so only its own room can lead back.
      const earlier = files.slice(0, index).filter((other) => roomOf(other) === roomOf(path));
      return (imports.get(path) ?? [])
        .filter((target) => earlier.includes(target))
        .map((target) => `${path} → ${target}`);
    });
    assert.deepEqual(back, []);
  });
}
