/**
 * @module
 * What axe objects to on a page. Its rules are for accessibility and best practices.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

export interface Looked {
  /** A part of the page, by selector; without it, the whole page. */
  readonly part?: string;
  /** The only rule. The contrast takes most of the time, and depends on nothing but the colours. */
  readonly only?: string;
  /** A rule that is left out. */
  readonly without?: string;
}

/** Each objection as the rule, the element and what is wrong. */
export async function objections(page: Page, { part, only, without }: Looked = {}): Promise<readonly string[][]> {
  // The page has no frames: without the legacy mode, each look opens a tab to put the results of frames together.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  if (part !== undefined) builder.include(part);
  const { violations } = await builder
    .options({
      ...{ resultTypes: ['violations'], preload: false },
      ...(only === undefined ? {} : { runOnly: only }),
      ...(without === undefined ? {} : { rules: { [without]: { enabled: false } } }),
    })
    .analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => [id, html, failureSummary]),
  );
}
