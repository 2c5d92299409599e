/**
 * The documentation site is built: its links lead somewhere, nothing is loaded from elsewhere, and in a browser it can be
 * read, searched and used by everybody.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { checkBuiltSite } from '../../../site/built-links.ts';
import { contentsPage, entriesOf, sectionsOf } from '../../../site/contents.ts';
import { runProgram } from '../../runner/run-program.ts';
import { base, buildSite, htmlOf, needsBrowser, needsSite, openTab, output, root } from './built-site.ts';

let built: ReturnType<typeof buildSite>;
before(() => {
  if (needsSite.skip === false) built = buildSite();
});

test('npm run site -- --help names its options and variables, and installs nothing', async () => {
  const { ok, output: text } = await runProgram(root, {
    file: process.execPath,
    arguments: ['site/build.ts', '--help'],
  });
  assert.ok(ok, text);
  const named = ['--serve', '--out', 'SITE_BASE', 'SITE_REPOSITORY', 'SITE_REVISION'];
  assert.deepEqual(
    named.filter((name) => !text.includes(name)),
    [],
  );
});

test('the site is built, and says how much it has', needsSite, (context) => {
  assert.equal(built.status, 0, built.text);
  const [summary = ''] = /^.*: \d+ pages, \d+ links within the site, \d+ to other sites\.$/m.exec(built.text) ?? [];
  context.diagnostic(summary);
  assert.match(summary, / [1-9]\d+ pages, /);
  assert.match(built.text, /^[1-9]\d* files of the repository are named without a link/m);
});

test('the code of the site has the types that VitePress wants', needsSite, async () => {
  const { ok, output: text } = await runProgram(root, {
    file: join(root, 'node_modules', '.bin', 'tsc'),
    arguments: ['--noEmit', '--project', 'site'],
  });
  assert.ok(ok, text);
});

test('every link of the site leads to a file and an id, and nothing is loaded from elsewhere', needsSite, () => {
  const { pages, findings } = checkBuiltSite(output, base);
  const entries = entriesOf(sectionsOf(readFileSync(join(root, contentsPage), 'utf8')));
  // The first page, the contents and the page for what is missing are not listed.
  assert.equal(pages, entries.length + 3);
  assert.deepEqual(findings, []);
});

const highlighted: [language: string, page: string, pattern: RegExp][] = [
  ['YAML, with another word after it', 'guides/envoy.html', /class="language-yaml[^"]*".*?<span style=/s],
  ['XML', 'dialects/apigee.html', /class="language-xml[^"]*".*?<span style=/s],
  ['a shell', 'commands.html', /class="language-sh[^"]*".*?<span style=/s],
  ['DataWeave', 'expressions.html', /class="language-dataweave[^"]*".*?<span style=/s],
  ['PromQL', 'operations.html', /class="language-promql[^"]*".*?<span style=/s],
];

for (const [language, page, pattern] of highlighted) {
  test(`code is highlighted: ${language}`, needsSite, () => assert.ok(pattern.test(htmlOf(page))));
}

const rendered: [name: string, page: string, expected: string][] = [
  ['braces of a template are text', 'dialects/flex.html', '{{ … }}'],
  ['a file of the repository is named by its path', 'guides/envoy.html', '<span class="of-repository"><code'],
  ['a page says in its head what it answers', 'keys.html', '<meta name="description" content="Where can keys be'],
];

for (const [name, page, expected] of rendered) {
  test(`a page: ${name}`, needsSite, () => assert.ok(htmlOf(page).includes(expected)));
}

const wide = { width: 1280, height: 900 };
const narrow = { width: 380, height: 800 };
const views: [path: string, colorScheme: 'light' | 'dark', viewport: typeof wide][] = [
  ['', 'light', wide],
  ['', 'dark', narrow],
  ['dialects/flex.html', 'light', narrow],
  ['operations/sizing.html', 'dark', wide],
];

for (const [path, colorScheme, viewport] of views) {
  test(`in a browser: /${path}, ${colorScheme}, ${viewport.width} pixels wide`, needsBrowser, async () => {
    const { page, problems } = await openTab(path, { colorScheme, viewport });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    assert.deepEqual(
      grave.map(({ id, nodes }) => [id, nodes[0]?.target]),
      [],
    );
    assert.deepEqual(problems, []);
  });
}

test('in a browser: by the keyboard alone, a search leads to the heading that it found', needsBrowser, async () => {
  const { page, problems } = await openTab('', { viewport: wide });
  await page.keyboard.press('Control+k');
  await page.locator('#localsearch-input:focus').waitFor();
  await page.keyboard.type('MintprocHasNoKey');
  await page.locator('.result.selected').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/runbook\.html#mintprochasnokey$/);
  await page.getByRole('heading', { name: 'MintprocHasNoKey' }).waitFor();
  assert.deepEqual(problems, []);
});

test('in a browser: a block of code is copied by its button', needsBrowser, async () => {
  const { page } = await openTab('configuration.html', { permissions: ['clipboard-read', 'clipboard-write'] });
  const block = page.locator('div.language-yaml').first();
  await block.hover();
  await block.getByRole('button').click();
  await block.locator('button.copied').waitFor();
  assert.match(await page.evaluate('navigator.clipboard.readText()'), /^# yaml-language-server: .*\nlisten: /);
});

test('in a browser: the pictures follow the scheme that the reader chooses on the page', needsBrowser, async () => {
  const { page } = await openTab('architecture.html', { colorScheme: 'light', viewport: wide });
  const picture = page.locator('.vp-doc img').first();
  const light = await picture.screenshot();
  await page.locator('.VPSwitchAppearance').first().click();
  await page.locator('html.dark').waitFor();
  const dark = await picture.screenshot();
  assert.ok(!light.equals(dark));
});
