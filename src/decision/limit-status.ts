/**
 * @module
 * What the client gets if its request exceeds a limit, before anything is decided.
 */
import type { Code } from '../diagnostics/codes.ts';

/** The HTTP status for a request that exceeds a limit of `limits`. */
export const statusOfLimit: ReadonlyMap<Code, number> = new Map([
  ['extproc.too-many-headers', 431],
  ['extproc.headers-too-large', 431],
  ['extproc.metadata-too-deep', 400],
]);
