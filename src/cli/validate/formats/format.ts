/**
 * @module
 * What a format of `validate` makes text of; `index.ts` has a row for each.
 */
import type { FormatOf, FormOf } from '../../reporting/format.ts';
import type { Findings } from '../report.ts';

export interface Shown {
  readonly findings: Findings;
  /** Whether notes are shown. */
  readonly notes: boolean;
  /** The folder that paths are relative to, if the reader of the format needs relative ones. */
  readonly folder: string;
  readonly time: Date;
}

export type Form = FormOf<Shown>;
export type Format = FormatOf<Shown>;
