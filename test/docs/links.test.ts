/**
 * Every relative link of a page of Markdown leads to a file, and every anchor to a heading of it, as the repository
 * page makes anchors.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchorOf, anchorsOf, relativeLinks } from '../../site/anchors.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = globSync(['*.md', '{docs,proto,deploy,bench,test/conformance}/**/*.md'], { cwd: root });
const anchors = new Map<string, ReadonlySet<string>>();

function anchorsIn(file: string): ReadonlySet<string> {
  const known = anchors.get(file) ?? anchorsOf(readFileSync(file, 'utf8'));
  anchors.set(file, known);
  return known;
}

/** What is wrong with a link of the page at `from`; undefined for one that leads somewhere. */
function broken(from: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#').map(decodeURIComponent);
  const target = path === '' ? join(root, from) : join(root, dirname(from), path);
  if (!existsSync(target)) return `${link}: no such file`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsIn(target).has(anchor) ? undefined : `${link}: no such heading`;
}

let count = 0;

for (const page of pages) {
  test(`every link of ${page} leads somewhere`, () => {
    const links = relativeLinks(readFileSync(join(root, page), 'utf8'));
    count += links.length;
    assert.deepEqual(
      links.flatMap((link) => broken(page, link) ?? []),
      [],
    );
  });
}

test('links were checked', (context) => {
  context.diagnostic(`${count} links of ${pages.length} pages`);
  assert.ok(count > pages.length);
});

test('a link that leads nowhere is found', () => {
  assert.deepEqual(
    ['docs/none.md', 'README.md#nothing', '#try-it', 'LICENSE'].map((link) => broken('README.md', link)),
    ['docs/none.md: no such file', 'README.md#nothing: no such heading', undefined, undefined],
  );
});

const headings: [heading: string, anchor: string][] = [
  ['Keys', 'keys'],
  ['The JWKS, and who gets it', 'the-jwks-and-who-gets-it'],
  ['mint [--config FILE] (--request FILE)', 'mint---config-file---request-file'],
  ["A caller's identity", 'a-callers-identity'],
  ['Beyond 2^53 - 1', 'beyond-253---1'],
  ['snake_case', 'snake_case'],
  ['Schlüssel für α', 'schlüssel-für-α'],
];

for (const [heading, anchor] of headings) {
  test(`the anchor of "${heading}"`, () => assert.equal(anchorOf(heading), anchor));
}

const written: [name: string, page: string, expected: readonly string[]][] = [
  ['a heading with code, a link and emphasis', '## `a_b` and *[the rest](x.md)*', ['a_b-and-the-rest']],
  ['two of the same', '# One\n\n## Same\n\n## Same\n\n### Same', ['one', 'same', 'same-1', 'same-2']],
  ['a comment in a block of code', '# One\n\n```sh\n# comment\n```\n\n## Two', ['one', 'two']],
  ['a block in a list, in a longer fence', '- x\n\n  ````text\n  ```\n  # no\n  ````\n\n# Yes', ['yes']],
  ['an anchor of HTML', '<a id="here"></a>\n\ntext', ['here']],
];

for (const [name, page, expected] of written) {
  test(`anchors: ${name}`, () => assert.deepEqual([...anchorsOf(page)], expected));
}

const linked: [name: string, page: string, expected: readonly string[]][] = [
  ['a link, a picture, and another site', '[a](b.md#c) ![d](e.svg) [f](https://g.example)', ['b.md#c', 'e.svg']],
  ['a text over two lines, with code in it', '[a\n`b`](c.md)', ['c.md']],
  ['code', '`[a](b.md)` and\n\n```text\n[a](b.md)\n```', []],
  ['HTML', '<img src="a.png" alt=""> <a href="b.md">c</a>', ['a.png', 'b.md']],
];

for (const [name, page, expected] of linked) {
  test(`links: ${name}`, () => assert.deepEqual(relativeLinks(page), expected));
}
