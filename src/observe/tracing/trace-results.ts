/**
 * @module
 * What became of the spans of a sampled request: the values of a metric's label.
 */
export const traceResults = ['exported', 'failed', 'over-limit', 'queue-full'] as const;

export type TraceResult = (typeof traceResults)[number];
