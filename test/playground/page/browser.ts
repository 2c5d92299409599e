/**
 * @module
 * Tabs with the page, for tests. Every page is watched: what violates its Content-Security-Policy, fails, or leaves for
 * another origin is a finding.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach } from 'node:test';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { OpenedOptions } from '../../../src/playground/answering.ts';
import type { RunningPlayground } from '../../../src/playground/server.ts';
import { launchBrowser } from '../../chromium.ts';
import { exampleNamed } from '../client.ts';
import { buildPage, servePage } from './page-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'mintproc-page-'));
let browser: Promise<Browser> | undefined;
let built: Promise<void> | undefined;
let shared: Promise<RunningPlayground> | undefined;
const started: RunningPlayground[] = [];
const findings: string[] = [];
let sharedPage: Promise<Page> | undefined;

after(async () => {
  await (await browser)?.close();
  await Promise.all(started.map((playground) => playground.close()));
  rmSync(folder, { recursive: true });
});

afterEach(async () => {
  const kept = (await sharedPage)?.context();
  const contexts = (await browser)?.contexts() ?? [];
  await Promise.all(contexts.filter((context) => context !== kept).map((context) => context.close()));
  assert.deepEqual(findings.splice(0), []);
});

/** The process of all tests that need no folder: its keys are made once. */
export async function pageUrl(): Promise<string> {
  shared ??= startProcess();
  return (await shared).url;
}

/** A process with its own key. */
export async function startProcess(opened?: OpenedOptions): Promise<RunningPlayground> {
  built ??= buildPage(folder);
  await built;
  const playground = await servePage(folder, opened);
  started.push(playground);
  return playground;
}

const wide = { width: 1440, height: 900 };

/** Milliseconds that a step may take on a busy machine. */
const longestStep = 15_000;

/** A tab of a new user. */
export async function openTab(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= launchBrowser();
  const context = await (await browser).newContext({ viewport: wide, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(longestStep);
  watch(page, new URL(url).origin);
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const flex = exampleNamed('flex');
const [policy = assert.fail('The example has a policy.')] = flex.files;

/**
 * The tab of all tests that need no new one, with the example of Flex Gateway as it came. Loading the page takes longer
 * than most of these tests.
 */
export async function sharedTab(): Promise<Page> {
  sharedPage ??= pageUrl().then((url) => openTab(url));
  const page = await sharedPage;
  await page.setViewportSize(wide);
  await page.emulateMedia({ colorScheme: null, forcedColors: null });
  await page.getByRole('combobox', { name: 'Appearance' }).selectOption('system');
  await choose(page, 'example:flex');
  await page.getByRole('tab', { name: 'YAML', exact: true }).click();
  await write(page, 'Request and caller as YAML', flex.case);
  await page.getByRole('tab', { name: 'Form' }).click();
  const changed = page.getByRole('tab', { name: /, changed$/ });
  while ((await changed.count()) > 0) {
    await changed.first().click();
    await page.getByRole('button', { name: 'Revert' }).click();
  }
  await page.getByRole('tab', { name: policy.name }).click();
  await page.locator('.outcome:not(.is-old)').getByText('Verified', { exact: true }).waitFor();
  return page;
}

function watch(page: Page, origin: string): void {
  page.on('pageerror', (error) => findings.push(error.message));
  page.on('console', (message) => {
    // A refused call is a part of some tests. A violation of the policy is an error of the console, too.
    const isCall = message.location().url.includes('/api/');
    if (message.type() === 'error' && !isCall) findings.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin: to } = new URL(request.url());
    if (to !== origin && protocol !== 'data:') findings.push(`a request to ${to}`);
  });
}

/** Replaces the whole text of an editor, as a user who pastes. */
export async function write(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: label, exact: true }).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

/** The claim of a name in the token. */
export function claim(page: Page, name: string): Locator {
  const claims = page.getByRole('list', { name: 'Claims', exact: true });
  return claims.locator('.member').filter({ has: page.getByText(name, { exact: true }) });
}

export async function copied(page: Page, button: string): Promise<string> {
  await page.getByRole('button', { name: button, exact: true }).click();
  await page
    .getByText(/^The .* is copied\.$/)
    .first()
    .waitFor({ state: 'attached' });
  return page.evaluate('navigator.clipboard.readText()');
}

export async function choose(page: Page, value: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Open' }).selectOption(value);
}

/** Waits, frame by frame, until an expression is true in the page, whose policy forbids Playwright's own waiting. */
export async function until(page: Page, expression: string): Promise<void> {
  const end = Date.now() + longestStep;
  while ((await page.evaluate<boolean>(expression)) !== true) {
    if (Date.now() > end) throw new Error(`It is not true that ${expression}.`);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
}
