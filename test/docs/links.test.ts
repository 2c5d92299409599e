import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const pages = globSync(['*.md', '{docs,proto,deploy,test/conformance}/**/*.md'], { cwd: root });

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return Array.from(page.matchAll(/^#+ (.*)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with a link of the page at `from`; undefined for one that leads somewhere. */
function broken(from: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(root, from) : join(root, dirname(from), path);
  if (!existsSync(target)) return `${link}: no such file`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(readFileSync(target, 'utf8')).includes(anchor) ? undefined : `${link}: no such heading`;
}

for (const page of pages) {
  test(`every link of ${page} leads somewhere`, () => {
    const prose = readFileSync(join(root, page), 'utf8').replace(/^```.*?^```/gms, '');
    const links = Array.from(prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g), ([, link = '']) => link);
    assert.deepEqual(
      links.flatMap((link) => broken(page, link) ?? []),
      [],
    );
  });
}

test('a link that leads nowhere is found', () => {
  assert.deepEqual(
    ['docs/none.md', 'README.md#nothing', '#try-it', 'LICENSE'].map((link) => broken('README.md', link)),
    ['docs/none.md: no such file', 'README.md#nothing: no such heading', undefined, undefined],
  );
});
