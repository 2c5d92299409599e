import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { exampleNamed } from '../client.ts';
import { openTab, pageUrl, until, write } from './browser.ts';
import { needsChromium } from './page-process.ts';

const [policy = assert.fail('The example has a policy.')] = exampleNamed('flex').files;

async function tab(options: Parameters<typeof openTab>[1] = {}): Promise<Page> {
  const page = await openTab(await pageUrl(), options);
  await page.getByText('Verified', { exact: true }).waitFor({ state: 'attached' });
  return page;
}

async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => [id, html, failureSummary]),
  );
  assert.deepEqual(found, []);
}

const wide = { width: 1440, height: 900 };
const narrow = { width: 380, height: 800 };

async function showPane(page: Page, pane: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: pane, exact: true }).click();
}

async function breakPolicy(page: Page): Promise<void> {
  await write(page, policy.name, policy.text.replace('#[uuid()]', '#[uuidd()]'));
  await page.getByRole('button', { name: /^Error: / }).waitFor();
}

async function refuse(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Path' }).fill('/health');
  await page.getByRole('region', { name: 'The response that the client gets' }).waitFor();
}

async function askForHelp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Help and shortcuts' }).click();
  await page.getByRole('dialog', { name: 'Help' }).waitFor();
}

type Appearance = 'light' | 'dark';
type Scene = [colorScheme: Appearance, viewport: typeof wide, name: string, act: (page: Page) => Promise<void>];

/** Each part of the page in light and in dark, wide and narrow. axe takes seconds for each. */
const scenes: Scene[] = [
  ['light', wide, 'an error', breakPolicy],
  ['dark', wide, 'a refusal', refuse],
  ['light', narrow, 'the token', (page) => showPane(page, 'Token')],
  ['dark', narrow, 'the request', (page) => showPane(page, 'Request')],
  ['dark', narrow, 'the help', askForHelp],
];
for (const [colorScheme, viewport, name, act] of scenes) {
  test(`axe finds nothing: ${name}, ${colorScheme}, ${viewport.width} px`, needsChromium, async () => {
    const page = await tab({ colorScheme, viewport });
    await act(page);
    await assertAccessible(page);
  });
}

test('at 380 px, there is one pane at a time, and nothing is cut', needsChromium, async () => {
  const page = await tab({ viewport: narrow });
  const heading = (name: string): Promise<boolean> =>
    page.getByRole('heading', { name, exact: true, level: 2 }).isVisible();
  for (const [button, shown, hidden] of [
    ['Policy', 'Policy', 'Token'],
    ['Request', 'Request and caller', 'Policy'],
    ['Token', 'Token', 'Request and caller'],
  ] as const) {
    await showPane(page, button);
    assert.deepEqual([await heading(shown), await heading(hidden)], [true, false]);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, button);
  }
});

const themes: [system: Appearance, chosen: string, isDark: boolean][] = [
  ['dark', 'system', true],
  ['light', 'system', false],
  ['light', 'dark', true],
  ['dark', 'light', false],
];

test('the page is light or dark as the system is, or as the user chooses', needsChromium, async () => {
  const page = await tab();
  for (const [colorScheme, chosen, isDark] of themes) {
    await page.emulateMedia({ colorScheme });
    await page.getByRole('combobox', { name: 'Appearance' }).selectOption(chosen);
    const colour = isDark ? 'rgb(21, 24, 28)' : 'rgb(255, 255, 255)';
    await until(page, `getComputedStyle(document.body).backgroundColor === '${colour}'`);
  }
});

/** Where the focus is: the label or text of the element, or the id of its pane. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    'document.activeElement.getAttribute("aria-label") ?? (document.activeElement.id || document.activeElement.textContent.trim())',
  );
}

test('the keyboard alone reaches and does everything', needsChromium, async () => {
  const page = await tab();
  const { keyboard } = page;
  await keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to policy');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await until(page, 'document.activeElement.id === "pane-token"');
  await keyboard.press('Tab');
  assert.equal(await focused(page), 'Copy Token');
  await keyboard.press('F6');
  await until(page, 'document.activeElement.id === "pane-policy"');
  await keyboard.press('Shift+F6');
  await until(page, 'document.activeElement.id === "pane-token"');
  await keyboard.press('?');
  await page.getByRole('dialog', { name: 'Help' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Help' }).waitFor({ state: 'detached' });
  assert.equal(await focused(page), 'pane-token');
  await page.getByRole('tab', { name: policy.name }).focus();
  await keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'mintproc.yaml', selected: true }).waitFor();
  await keyboard.press('Home');
  await page.getByRole('tab', { name: policy.name, selected: true }).waitFor();
  await keyboard.press('Tab');
  assert.equal(await focused(page), policy.name);
  await keyboard.press('?');
  assert.equal(await page.getByRole('dialog').count(), 0);
  // The first closes the completion of what was typed.
  await keyboard.press('Escape');
  await keyboard.press('Escape');
  await keyboard.press('Tab');
  assert.notEqual(await focused(page), policy.name);
});

test('a form is filled with the keyboard', needsChromium, async () => {
  const page = await tab();
  await page.getByRole('button', { name: 'Add header' }).focus();
  await page.keyboard.press('Enter');
  await until(page, 'document.activeElement.getAttribute("aria-label") === "Name of header 2"');
  await page.keyboard.type('x-more');
  await page.keyboard.press('Tab');
  await page.keyboard.type('yes');
  await page.getByRole('tab', { name: 'YAML', exact: true }).click();
  await page.getByText('x-more').waitFor();
});

test('panes scroll, the page does not', needsChromium, async () => {
  const page = await tab();
  await page.getByText('Client certificate').last().scrollIntoViewIfNeeded();
  await page.getByText('Size', { exact: true }).scrollIntoViewIfNeeded();
  assert.equal(await page.evaluate('document.documentElement.scrollHeight <= innerHeight && scrollY === 0'), true);
});
