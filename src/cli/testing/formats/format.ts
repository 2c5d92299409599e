/**
 * @module
 * The interface of a format of `test`; `index.ts` has a row for each.
 */
import type { TestRun } from '../test-report.ts';

export interface ShownRun {
  readonly run: TestRun;
  readonly isColoured: boolean;
  /** The folder that paths are relative to, if the reader of the format needs relative ones. */
  readonly folder: string;
  readonly time: Date;
}

/** Makes text of a run. */
export type Form = (shown: ShownRun) => string;

export interface Format {
  readonly whole: Form;
  /** With `--watch`, the first run and each one after it; absent if the format has no such form. */
  readonly watch?: { readonly first: Form; readonly next: Form };
}
