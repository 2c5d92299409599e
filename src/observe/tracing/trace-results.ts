/** What became of the spans of a sampled request. */
export const traceResults = ['exported', 'failed', 'over-limit', 'queue-full'] as const;

export type TraceResult = (typeof traceResults)[number];
