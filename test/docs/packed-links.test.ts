/**
 * The pages of the packed product link only to files that are packed with them.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { relativeLinks } from '../../site/anchors.ts';

const root = join(import.meta.dirname, '..', '..');

/** What `npm pack` would pack, without building it. */
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: root, encoding: 'utf8' }),
) as [{ readonly files: readonly { readonly path: string }[] }];
const packed = files.map(({ path }) => path);

/** The links of a page to files or folders that are not packed. */
function missingLinks(page: string, text: string): readonly string[] {
  const links = relativeLinks(text).map((link) => link.replace(/#.*/, ''));
  return links.filter((link) => {
    if (link === '') return false;
    const target = posix.join(posix.dirname(page), link);
    return !packed.some((path) => path === target || path.startsWith(target.endsWith('/') ? target : `${target}/`));
  });
}

test('every link of a packed page leads to a packed file', () => {
  const pages = packed.filter((path) => path.endsWith('.md'));
  assert.ok(pages.includes('docs/testing.md') && pages.includes('README.md'));
  const missing = pages.flatMap((page) =>
    missingLinks(page, readFileSync(join(root, page), 'utf8')).map((link) => `${page}: ${link}`),
  );
  assert.deepEqual(missing, []);
});

test('a link to a file that is not packed is found', () => {
  const text = '[a](../src/main.ts), [b](commands.md#mint), [c](dialects/), [d](#here), [e](../deploy)';
  assert.deepEqual(missingLinks('docs/testing.md', text), ['../src/main.ts']);
});
