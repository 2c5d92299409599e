/**
 * @module
 * The interface of a format of `validate`; `index.ts` has a row for each.
 */
import type { Findings } from '../report.ts';

export interface Shown {
  readonly findings: Findings;
  /** Whether notes are shown. */
  readonly notes: boolean;
  /** The folder that paths are relative to, if the reader of the format needs relative ones. */
  readonly folder: string;
  readonly time: Date;
}

/** Makes text of a run. */
export type Form = (shown: Shown) => string;

export interface Format {
  readonly whole: Form;
  /** With `--watch`, the first run and each one after it, which is one line; absent if the format has no such form. */
  readonly watch?: { readonly first: Form; readonly next: Form };
}
