/**
 * @module
 * How a configuration is loaded for requests that an author has written.
 */
import type { LoadOptions } from '../configuration/load.ts';

/** A request may be at a time when other keys are active, and it needs no TLS of Envoy. */
export const forTrials = {
  withoutKeys: 'all',
  tlsApart: { before: undefined, report: () => undefined },
} as const satisfies Partial<LoadOptions>;
