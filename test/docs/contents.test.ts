/**
 * docs/README.md lists every page of docs/ once, with the question that it answers. The site makes its sidebar of it.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { contentsPage, type Entry, entriesOf, type Section, sectionsOf } from '../../site/contents.ts';
import { homePage } from '../../site/home.ts';
import { pictureOf, type SiteData, sitePath, sourcesOf, type Target, targetOf } from '../../site/pages.ts';

const root = join(import.meta.dirname, '..', '..');
const sections = sectionsOf(readFileSync(join(root, contentsPage), 'utf8'));
const entries = entriesOf(sections);

test('docs/README.md lists every page of docs/ exactly once', () => {
  const pages = globSync('docs/**/*.md', { cwd: root }).filter((page) => page !== contentsPage);
  const listed = entries.map(({ page }) => page).filter((page) => page.startsWith('docs/'));
  assert.deepEqual(listed.toSorted(), pages.toSorted());
});

test('every other page that docs/README.md lists exists and is listed once', () => {
  const others = entries.map(({ page }) => page).filter((page) => !page.startsWith('docs/'));
  assert.deepEqual(
    others.filter((page, index) => !existsSync(join(root, page)) || others.indexOf(page) !== index),
    [],
  );
});

test('each page but a record has the question that it answers', () => {
  const without = entries.filter(({ page, question }) => !/^[A-Z].*\?$/.test(question) && !/\/decisions\//.test(page));
  assert.deepEqual(without, []);
});

test('the parts of the documentation are in their order', () => {
  const order = ['Start', 'Tutorials', 'Guides', 'Reference', 'Explanation', 'Comparison', 'Glossary'];
  const titles = sections.map(({ title }) => title);
  assert.deepEqual(
    titles,
    order.filter((title) => titles.includes(title)),
  );
});

const contents: [name: string, text: string, expected: readonly Section[]][] = [
  [
    'tables, and headings within a section',
    '# D\n\n## A\n\n| Page | Question |\n| --- | --- |\n| [a](x/a.md) | Why `a`? |\n\n### B\n\n| [b](../B.md) | B? |\n\n## C\n',
    [
      {
        title: 'A',
        entries: [{ title: 'a', page: 'docs/x/a.md', question: 'Why `a`?' }],
        groups: [{ title: 'B', entries: [{ title: 'b', page: 'B.md', question: 'B?' }] }],
      },
      { title: 'C', entries: [], groups: [] },
    ],
  ],
  [
    'a link outside a table, or not first in its row, is no entry',
    '## A\n\nSee [a](a.md).\n\n| x | [a](a.md) |\n',
    [{ title: 'A', entries: [], groups: [] }],
  ],
];

for (const [name, text, expected] of contents) {
  test(`contents: ${name}`, () => assert.deepEqual(sectionsOf(text), expected));
}

test('a page above the first section is refused', () => {
  assert.throws(() => sectionsOf('| [a](a.md) | A? |\n\n## A\n'), {
    message: 'docs/README.md lists docs/a.md above its first section.',
  });
});

const paths: [page: string, path: string][] = [
  ['docs/README.md', 'contents.md'],
  ['README.md', 'overview.md'],
  ['docs/guides/envoy.md', 'guides/envoy.md'],
  ['SECURITY.md', 'security.md'],
  ['bench/RESULTS.md', 'bench/results.md'],
];

for (const [page, path] of paths) {
  test(`the path of ${page} in the site`, () => assert.equal(sitePath(page), path));
}

for (const page of ['docs/security.md', 'docs/index.md', 'docs/README.md']) {
  test(`two pages at one path: ${page}`, () => {
    const listed = ['SECURITY.md', page].map((path) => ({ title: path, page: path, question: '' }));
    assert.throws(() => sourcesOf(listed), /^Error: Two pages of the site would be [a-z]+\.md\.$/);
  });
}

const repository = { url: 'https://code.example/mintproc', revision: 'main' };
const site: Pick<SiteData, 'sources'> = {
  sources: sourcesOf(
    ['docs/keys.md', 'docs/guides/envoy.md', 'SECURITY.md'].map((page) => ({ title: page, page, question: '' })),
  ),
};

const targets: [from: string, href: string, expected: Target][] = [
  ['guides/envoy.md', '../keys.md#rotation', { kind: 'page', href: '/keys.md#rotation' }],
  ['keys.md', '../SECURITY.md', { kind: 'page', href: '/security.md' }],
  ['security.md', 'docs/keys.md', { kind: 'page', href: '/keys.md' }],
  ['keys.md', '#rotation', { kind: 'unchanged' }],
  ['keys.md', 'https://example.com/a.md', { kind: 'unchanged' }],
  ['index.md', 'keys.md', { kind: 'unchanged' }],
  [
    'guides/envoy.md',
    '../../deploy/envoy/',
    { kind: 'repository', path: 'deploy/envoy/', href: 'https://code.example/mintproc/tree/main/deploy/envoy' },
  ],
  [
    'keys.md',
    '../deploy/a%20b/README.md#c',
    {
      kind: 'repository',
      path: 'deploy/a b/README.md',
      href: 'https://code.example/mintproc/blob/main/deploy/a%20b/README.md#c',
    },
  ],
  // A page of docs/ that the contents do not list is no page of the site.
  [
    'keys.md',
    'new.md',
    { kind: 'repository', path: 'docs/new.md', href: 'https://code.example/mintproc/blob/main/docs/new.md' },
  ],
];

for (const [from, href, expected] of targets) {
  test(`a link of ${from} to ${href}`, () => assert.deepEqual(targetOf(from, href, { ...site, repository }), expected));
}

test('without an address of the repository, a file has only its path', () => {
  assert.deepEqual(targetOf('keys.md', '../LICENSE', { ...site, repository: null }), {
    kind: 'repository',
    path: 'LICENSE',
    href: undefined,
  });
});

const shown: [from: string, source: string, expected: string][] = [
  ['keys.md', 'pictures/a.svg', './pictures/a.svg'],
  ['guides/envoy.md', '../pictures/a.svg', '../pictures/a.svg'],
  ['security.md', 'docs/pictures/a.svg', './pictures/a.svg'],
  ['keys.md', 'data:image/png;base64,AA', 'data:image/png;base64,AA'],
];

for (const [from, source, expected] of shown) {
  test(`the picture ${source} of ${from}`, () => assert.equal(pictureOf(from, source, site), expected));
}

/** What the first page links. */
function linked(pages: readonly Entry[]): readonly string[] {
  const [, settings = ''] = homePage(pages).split(/^---$/m);
  const { hero, features } = JSON.parse(settings);
  return [...hero.actions, ...features].map(({ link }: { link: string }) => link);
}

test('the first page leads to the start, the playground, all pages and a tutorial for each gateway', () => {
  const tutorials = ['flex', 'apigee', 'api-connect'].map((name) => `/tutorials/${name}.html`);
  assert.deepEqual(linked(entries), ['/start.html', '/playground.html', '/contents.html', ...tutorials]);
});

test('the first page links only what is listed', () => {
  const left = entries.filter(({ page }) => page !== 'docs/tutorials/apigee.md');
  assert.throws(() => linked(left), /^Error: docs\/README\.md does not list docs\/tutorials\/apigee\.md\.$/);
});
