/**
 * @module
 * What a format of `test` makes text of; `index.ts` has a row for each.
 */
import type { FormatOf, FormOf } from '../../reporting/format.ts';
import type { TestRun } from '../test-report.ts';

export interface ShownRun {
  readonly run: TestRun;
  readonly isColoured: boolean;
  /** The folder that paths are relative to, if the reader of the format needs relative ones. */
  readonly folder: string;
  readonly time: Date;
}

export type Form = FormOf<ShownRun>;
export type Format = FormatOf<ShownRun>;
