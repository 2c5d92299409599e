/**
 * @module
 * Reasons of an exported policy, and what its entry in mintproc.yaml says because of them.
 */
import type { Open, Reason, Writable } from '../../exported.ts';

export interface Findings {
  readonly reasons: readonly Reason[];
  /** Keys of the entry. */
  readonly entry: Readonly<Record<string, Writable>>;
  /** As in `ExportedPolicy`. */
  readonly undecided: readonly Open[];
}
