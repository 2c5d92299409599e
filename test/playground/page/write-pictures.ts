/**
 * @module
 * `npm run pictures`: writes the pictures of the documentation from the real page, in Chromium. Tokens differ each
 * time, so the pictures do, and no test compares them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../chromium.ts';
import { recordedCase } from '../../docs/recorded-examples.ts';
import { exampleNamed } from '../client.ts';
import { buildPage, servePage } from './page-process.ts';
import { smallPng } from './small-png.ts';

const pictures = join(import.meta.dirname, '..', '..', '..', 'docs', 'pictures');

interface Picture {
  readonly name: string;
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
  readonly act: (page: Page) => Promise<void>;
}

async function write(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: label, exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

async function edit(page: Page, name: string, old: string, text: string): Promise<void> {
  const [policy] = exampleNamed(name).files;
  if (policy === undefined) throw new Error(`The example ${name} has no policy.`);
  await write(page, policy.name, policy.text.replace(old, text));
}

async function open(page: Page, name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Open' }).selectOption(`example:${name}`);
  await page.getByRole('tab', { name: exampleNamed(name).files[0]?.name ?? '' }).waitFor();
  await page.getByText('Verified token', { exact: true }).waitFor();
}

/** The example with the case whose token the documentation has as text. */
async function openRecorded(page: Page, name: string): Promise<void> {
  await open(page, name);
  await page.getByRole('tab', { name: 'YAML', exact: true }).click();
  await write(page, 'Request and caller as YAML', recordedCase(exampleNamed(name)));
  await page.getByText('2026-01-01 00:00:00 UTC', { exact: true }).first().waitFor();
  await page.getByRole('heading', { name: 'Claims', exact: true }).scrollIntoViewIfNeeded();
}

function recorded(name: string): Picture {
  return {
    ...{ name: `playground-${name}`, colorScheme: 'light', width: 1280, height: 720 },
    act: (page) => openRecorded(page, name),
  };
}

const all: readonly Picture[] = [
  recorded('flex'),
  recorded('apigee'),
  recorded('datapower'),
  {
    ...{ name: 'playground-change', colorScheme: 'light', width: 1280, height: 720 },
    async act(page) {
      await edit(page, 'flex', "default 'web')", "default 'web') ++ '-app'");
      await page.getByText('"MOBILE-app"', { exact: true }).first().waitFor();
      const claims = page.getByRole('list', { name: 'Claims', exact: true });
      await claims.locator('.member').filter({ hasText: 'MOBILE-app' }).hover();
    },
  },
  {
    ...{ name: 'playground-dark', colorScheme: 'dark', width: 1280, height: 720 },
    act: (page) => open(page, 'apigee'),
  },
  {
    ...{ name: 'playground-refusal', colorScheme: 'light', width: 1280, height: 720 },
    async act(page) {
      await page.getByRole('textbox', { name: 'Path' }).fill('/health');
      await page.getByRole('heading', { name: /^403/ }).waitFor();
    },
  },
  {
    ...{ name: 'playground-narrow', colorScheme: 'light', width: 380, height: 760 },
    act: (page) => page.getByRole('navigation', { name: 'Panes' }).getByRole('button', { name: 'Token' }).click(),
  },
];

const folder = mkdtempSync(join(tmpdir(), 'mintproc-pictures-'));
await buildPage(folder);
const playground = await servePage(folder);
const browser = await launchBrowser();
try {
  for (const { name, colorScheme, width, height, act } of all) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(playground.url);
    await page.getByText('Verified token', { exact: true }).waitFor({ state: 'attached' });
    await act(page);
    const screenshot = await page.screenshot({ caret: 'hide', animations: 'disabled' });
    writeFileSync(join(pictures, `${name}.png`), smallPng(screenshot));
    await context.close();
  }
} finally {
  await browser.close();
  await playground.close();
  rmSync(folder, { recursive: true });
}
