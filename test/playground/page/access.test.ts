import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { needsChromium } from '../../chromium.ts';
import { type Looked, objections } from '../axe.ts';
import { exampleNamed } from '../client.ts';
import { choose, openTab, pageUrl, sharedTab, until, write } from './browser.ts';

const [policy = assert.fail('The example has a policy.')] = exampleNamed('flex').files;

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
  await write(page, policy.name, policy.text);
  await page.getByRole('textbox', { name: 'Path' }).fill('/health');
  await page.getByRole('region', { name: 'The response that the client gets' }).waitFor();
}

async function askForHelp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Help and shortcuts' }).click();
  await page.getByRole('dialog', { name: 'Help' }).waitFor();
}

async function evaluate(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await choose(page, 'example:flex-expression');
  await page.getByRole('heading', { name: 'Value' }).waitFor({ state: 'attached' });
}

type Appearance = 'light' | 'dark';
type Scene = readonly [
  name: string,
  colorScheme: Appearance,
  viewport: typeof wide,
  act: (page: Page) => Promise<void>,
  looked: Looked,
];

/** What each step has that none before had: elements in light, their colours in dark, their places on a narrow page. */
const scenes: readonly Scene[] = [
  ['an error', 'light', wide, breakPolicy, {}],
  ['a refusal', 'dark', wide, refuse, { only: 'color-contrast' }],
  ['the request', 'dark', narrow, (page) => showPane(page, 'Request'), { without: 'color-contrast' }],
  ['the token', 'light', narrow, (page) => showPane(page, 'Token'), { part: '.pane-token' }],
  ['the help', 'dark', narrow, askForHelp, { part: 'dialog' }],
  ['a value', 'light', narrow, evaluate, { part: '.pane-token' }],
];

test('axe finds nothing, from one step to the next', needsChromium, async () => {
  const page = await sharedTab();
  const found: unknown[] = [];
  for (const [name, colorScheme, viewport, act, looked] of scenes) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await act(page);
    for (const objection of await objections(page, looked)) found.push([name, ...objection]);
  }
  assert.deepEqual(found, []);
});

test('at 380 px, there is one pane at a time, and nothing is cut', needsChromium, async () => {
  const page = await sharedTab();
  await page.setViewportSize(narrow);
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
  const page = await sharedTab();
  for (const [colorScheme, chosen, isDark] of themes) {
    await page.emulateMedia({ colorScheme });
    await page.getByRole('combobox', { name: 'Appearance' }).selectOption(chosen);
    const colour = isDark ? 'rgb(21, 24, 28)' : 'rgb(255, 255, 255)';
    await until(page, `getComputedStyle(document.body).backgroundColor === '${colour}'`);
  }
});

test('in forced colours, what is chosen or changed is marked, and nothing else', needsChromium, async () => {
  const page = await sharedTab();
  await page.emulateMedia({ forcedColors: 'active' });
  await write(page, policy.name, policy.text.replace("'orders'", "'billing'"));
  await page.getByRole('region', { name: 'Changed by the last edit' }).waitFor();
  const marks = `[...document.querySelectorAll('.member')]
    .filter((one) => getComputedStyle(one).borderInlineStartColor !== getComputedStyle(document.body).backgroundColor)
    .map((one) => one.querySelector('.member-name').textContent)`;
  assert.deepEqual(await page.evaluate(marks), ['aud']);
  const chosen = `['true', 'false'].map((isChosen) =>
    [...document.querySelectorAll('[role=tab][aria-selected=' + isChosen + ']')].map((one) => getComputedStyle(one)))
    .map(([first]) => [first.backgroundColor, first.borderBottomColor])`;
  const [is = [], not = []] = await page.evaluate<string[][]>(chosen);
  assert.notEqual(is[0], not[0]);
  assert.equal(not[1], await page.evaluate('getComputedStyle(document.body).backgroundColor'));
});

/** Where the focus is: the label or text of the element, or the id of its pane. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    'document.activeElement.getAttribute("aria-label") ?? (document.activeElement.id || document.activeElement.textContent.trim())',
  );
}

test('the keyboard alone reaches and does everything', needsChromium, async () => {
  const page = await openTab(await pageUrl());
  await page.getByText('Verified', { exact: true }).waitFor();
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
  const page = await sharedTab();
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
  const page = await sharedTab();
  await page.getByText('Client certificate').last().scrollIntoViewIfNeeded();
  await page.getByText('Size', { exact: true }).scrollIntoViewIfNeeded();
  assert.equal(await page.evaluate('document.documentElement.scrollHeight <= innerHeight && scrollY === 0'), true);
});
