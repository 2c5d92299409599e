/**
 * @module
 * The built page with a process of the playground in this process, and the browser to open it.
 */
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { pageBundle } from '../../../build/playground.ts';
import { codePage } from '../../../src/cli/help/code-page.ts';
import { pageText } from '../../../src/cli/help/write-page.ts';
import { paint } from '../../../src/cli/paint.ts';
import type { OpenedOptions } from '../../../src/playground/answering.ts';
import { startPlayground } from '../../../src/playground/playground.ts';
import type { RunningPlayground } from '../../../src/playground/server.ts';
import { findTool } from '../../deploy/find-tool.ts';

const program = findTool('chromium');

export const needsChromium = { skip: program.skip };

export function launchBrowser(): Promise<Browser> {
  // Text in shades of one colour makes pictures half as large.
  return chromium.launch({ executablePath: program.file, args: ['--no-sandbox', '--disable-lcd-text'] });
}

export async function buildPage(folder: string): Promise<void> {
  await build({ ...pageBundle, outdir: folder });
}

/** A process with its own key. @param folder with the built page */
export function servePage(folder: string, opened?: OpenedOptions): Promise<RunningPlayground> {
  return startPlayground({ host: '127.0.0.1', port: 0 }, folder, {
    version: '1.2.3',
    opened,
    environment: {},
    now: () => Date.now(),
    helpOf: (code) => pageText(codePage(code), paint(false)),
  });
}
