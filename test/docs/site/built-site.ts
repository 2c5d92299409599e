/**
 * @module
 * The site, built once for the test file that imports this, and a browser that gets its files.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after } from 'node:test';
import type { BrowserContextOptions, Page, Route } from 'playwright-core';
import { launchBrowser, needsChromium } from '../../chromium.ts';

export const root = join(import.meta.dirname, '..', '..', '..');
/** A path of its own, as a site of a repository often has. */
export const base = '/mintproc/';
/** No such host exists: the test answers for it, and a request to any other is a finding. */
const origin = 'https://site.test';

/** For `test`: without the packages of `site/`, which `.ci/run` installs. */
export const needsSite = {
  skip:
    !existsSync(join(root, 'site', 'node_modules', 'vitepress')) &&
    'the packages of site/ are not installed (npm run site)',
};

export const needsBrowser = { skip: needsSite.skip || needsChromium.skip };

const folder = mkdtempSync(join(tmpdir(), 'mintproc-site-'));
export const output = join(folder, 'site');

const browser = needsBrowser.skip ? undefined : await launchBrowser();

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Builds the site as a fork does that has set nothing but its path. */
export function buildSite(): { readonly status: number | null; readonly text: string } {
  const { SITE_REPOSITORY: _repository, SITE_REVISION: _revision, ...environment } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['site/build.ts', '--out', output], {
    cwd: root,
    env: { ...environment, SITE_BASE: base },
    encoding: 'utf8',
  });
  return { status, text: `${stdout}${stderr}` };
}

export function htmlOf(page: string): string {
  return readFileSync(join(output, page), 'utf8');
}

export interface Tab {
  readonly page: Page;
  /** Requests to other hosts and for files that are missing, and errors of scripts. */
  readonly problems: readonly string[];
}

/** A new tab with a page of the site. @param path below the site's own path, such as `keys.html` */
export async function openTab(path: string, options: BrowserContextOptions): Promise<Tab> {
  const context = await browser?.newContext(options);
  if (context === undefined) throw new Error('There is no browser.');
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.route('**', (route) => answer(route, problems));
  await page.goto(`${origin}${base}${path}`, { waitUntil: 'networkidle' });
  return { page, problems };
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

async function answer(route: Route, problems: string[]): Promise<void> {
  const { origin: asked, pathname } = new URL(route.request().url());
  const path = pathname.slice(base.length) || 'index.html';
  const file = join(output, path);
  if (asked === origin && pathname.startsWith(base) && existsSync(file)) {
    await route.fulfill({ path: file, contentType: types[extname(file)] ?? 'application/octet-stream' });
    return;
  }
  problems.push(`asks for ${route.request().url()}`);
  await route.abort();
}
