/**
 * The check of the built site finds a link that leads nowhere, and whatever a browser would load from elsewhere.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { checkBuiltSite } from '../../site/built-links.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mintproc-site-'));
after(() => rmSync(scratch, { recursive: true }));
let count = 0;

function siteOf(files: Readonly<Record<string, string>>): string {
  const folder = join(scratch, String(count++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const findings: [name: string, html: string, expected: readonly string[]][] = [
  [
    'a page, its heading, and the first page',
    '<a href="/m/b/c.html#d">x</a><a href="b/c.html">x</a><a href="/m/">x</a>',
    [],
  ],
  ['a heading of the page itself', '<h1 id="top">x</h1><a href="#top">x</a>', []],
  ['no such file', '<a href="/m/none.html">x</a>', ['index.html: /m/none.html: no such file']],
  ['a folder without a page', '<a href="/m/b/">x</a>', ['index.html: /m/b/: no such file']],
  ['no such heading', '<a class="l" href="/m/b/c.html#none">x</a>', ['index.html: /m/b/c.html#none: no such id']],
  ['another base', '<a href="/b/c.html">x</a>', ['index.html: /b/c.html: is not below /m/']],
  ['a missing picture', '<img alt="" src="/m/none.svg">', ['index.html: /m/none.svg: no such file']],
  ['a link to another site', '<a href="https://example.com/">x</a>', []],
  [
    'a script of another site',
    '<script type="module" src="https://example.com/a.js"></script>',
    ['index.html: <script src="https://example.com/a.js"> is loaded from elsewhere'],
  ],
  [
    'a style sheet of another host, by the same scheme',
    '<link rel="stylesheet" href="//example.com/a.css">',
    ['index.html: <link href="//example.com/a.css"> is loaded from elsewhere'],
  ],
  ['a picture in the page', '<img alt="" src="data:image/png;base64,AA">', []],
  [
    'markup in a script and in text',
    '<script>"<a href=\'/none\'><a href=\\"/none\\">"</script>&lt;a href="/none"&gt;',
    [],
  ],
];

for (const [name, html, expected] of findings) {
  test(`the built site: ${name}`, () => {
    const folder = siteOf({ 'index.html': html, 'b/c.html': '<h2 id="d">x</h2>' });
    assert.deepEqual(checkBuiltSite(folder, '/m/').findings, expected);
  });
}

test('the built site: a style sheet that loads a font from elsewhere', () => {
  const folder = siteOf({ 'a/b.css': '@font-face{src:url(/fonts/a.woff2)}@import "https://example.com/a.css";' });
  assert.deepEqual(checkBuiltSite(folder, '/').findings, [
    'a/b.css: https://example.com/a.css is loaded from elsewhere',
  ]);
});

test('the built site: pages and links are counted', () => {
  const html = '<a href="c.html">x</a><a href="https://example.com/">x</a><span class="of-repository">y</span>';
  const { findings: none, ...counts } = checkBuiltSite(siteOf({ 'index.html': html, 'c.html': '' }), '/');
  assert.deepEqual(none, []);
  assert.deepEqual(counts, { pages: 2, links: 1, outside: 1, unlinked: 1 });
});
