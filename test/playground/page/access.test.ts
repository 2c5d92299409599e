import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { examples } from '../../../src/playground/examples/index.ts';
import { needsChromium, openTab, pageUrl, write } from './browser.ts';

const [example] = examples;
assert.ok(example?.kind === 'workspace');
const [policy = assert.fail('The example has a policy.')] = example.files;

async function tab(options: Parameters<typeof openTab>[1] = {}): Promise<Page> {
  const page = await openTab(await pageUrl(), options);
  await page.getByText('Verified', { exact: true }).waitFor({ state: 'attached' });
  return page;
}

async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => [id, html, failureSummary]),
  );
  assert.deepEqual(found, []);
}

const wide = { width: 1440, height: 900 };
const narrow = { width: 380, height: 800 };

const appearances: [name: string, colorScheme: 'light' | 'dark', viewport: typeof wide][] = [
  ['light and wide', 'light', wide],
  ['dark and wide', 'dark', wide],
  ['light and narrow', 'light', narrow],
  ['dark and narrow', 'dark', narrow],
];
for (const [name, colorScheme, viewport] of appearances) {
  test(`axe finds nothing: ${name}`, needsChromium, async () => {
    const page = await tab({ colorScheme, viewport });
    const isWide = viewport === wide;
    for (const pane of ['Policy', 'Request', 'Token']) {
      if (!isWide) await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: pane }).click();
      if (!isWide || pane === 'Policy') await assertAccessible(page);
    }
    if (!isWide) await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: 'Policy' }).click();
    await write(page, policy.name, policy.text.replace('#[uuid()]', '#[uuidd()]'));
    await page.getByRole('button', { name: /^Error: / }).waitFor();
    await assertAccessible(page);
  });
}

test('axe finds nothing in a refusal and in the help', needsChromium, async () => {
  const page = await tab();
  await page.getByRole('textbox', { name: 'Path' }).fill('/health');
  await page.getByRole('region', { name: 'The response that the client gets' }).waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Help and shortcuts' }).click();
  await page.getByRole('dialog', { name: 'Help' }).waitFor();
  await assertAccessible(page);
});

test('at 380 px, there is one pane at a time, and nothing is cut', needsChromium, async () => {
  const page = await tab({ viewport: narrow });
  const heading = (name: string): Promise<boolean> =>
    page.getByRole('heading', { name, exact: true, level: 2 }).isVisible();
  for (const [button, shown, hidden] of [
    ['Policy', 'Policy', 'Token'],
    ['Request', 'Request and caller', 'Policy'],
    ['Token', 'Token', 'Request and caller'],
  ] as const) {
    await page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: button }).click();
    assert.deepEqual([await heading(shown), await heading(hidden)], [true, false]);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, button);
  }
});

const themes: [system: 'light' | 'dark', chosen: string, isDark: boolean][] = [
  ['dark', 'system', true],
  ['light', 'system', false],
  ['light', 'dark', true],
  ['dark', 'light', false],
];
for (const [colorScheme, chosen, isDark] of themes) {
  test(`the system is ${colorScheme}, the page ${chosen}`, needsChromium, async () => {
    const page = await tab({ colorScheme });
    await page.getByRole('combobox', { name: 'Appearance' }).selectOption(chosen);
    const colour = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    assert.equal(colour, isDark ? 'rgb(21, 24, 28)' : 'rgb(255, 255, 255)');
  });
}

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
  await page.waitForFunction('document.activeElement.id === "pane-token"');
  await keyboard.press('Tab');
  assert.equal(await focused(page), 'Copy Token');
  await keyboard.press('F6');
  await page.waitForFunction('document.activeElement.id === "pane-policy"');
  await keyboard.press('Shift+F6');
  await page.waitForFunction('document.activeElement.id === "pane-token"');
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
  await keyboard.press('Escape');
  await keyboard.press('Tab');
  assert.notEqual(await focused(page), policy.name);
});

test('a form is filled with the keyboard', needsChromium, async () => {
  const page = await tab();
  await page.getByRole('button', { name: 'Add header' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction('document.activeElement.getAttribute("aria-label") === "Name of header 2"');
  await page.keyboard.type('x-more');
  await page.keyboard.press('Tab');
  await page.keyboard.type('yes');
  await page.getByRole('tab', { name: 'YAML', exact: true }).click();
  await page.getByText('x-more').waitFor();
});
