/**
 * @module
 * The browser of tests that look at pages.
 */
import { type Browser, chromium } from 'playwright-core';
import { findTool } from './deploy/find-tool.ts';

const program = findTool('chromium');

/** For `test`. */
export const needsChromium = { skip: program.skip };

export function launchBrowser(): Promise<Browser> {
  // Text in shades of one colour makes pictures half as large.
  return chromium.launch({ executablePath: program.file, args: ['--no-sandbox', '--disable-lcd-text'] });
}
