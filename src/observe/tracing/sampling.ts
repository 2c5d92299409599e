/**
 * @module
 * Which requests are traced. It is decided before anything is allocated for a span, so a request without spans costs
 * next to nothing.
 */

/** What of a request's `traceparent` sampling reads. */
export interface SampledParent {
  readonly traceId: string;
  readonly isSampled: boolean;
}

export interface Sampling {
  /** Whether a request with a `traceparent` is traced as its caller says. */
  readonly followsParent: boolean;
  /** Of the other requests, the fraction that is traced: from 0 to 1. */
  readonly ratio: number;
}

/** The samplers of `OTEL_TRACES_SAMPLER` that need no argument. */
export const samplings = {
  always_on: { followsParent: false, ratio: 1 },
  always_off: { followsParent: false, ratio: 0 },
  parentbased_always_on: { followsParent: true, ratio: 1 },
  parentbased_always_off: { followsParent: true, ratio: 0 },
} as const satisfies Readonly<Record<string, Sampling>>;

export type Sampler = (parent: SampledParent | undefined) => boolean;

/**
 * @param isInRatio decides by a trace id alone, so that all services with the same ratio trace the same requests
 * @param random a number from 0 to 1, for requests without a trace id
 */
export function samplerOf(
  { followsParent, ratio }: Sampling,
  isInRatio: (traceId: string) => boolean,
  random: () => number,
): Sampler {
  return (parent) => {
    if (parent === undefined) return random() < ratio;
    return followsParent ? parent.isSampled : isInRatio(parent.traceId);
  };
}

export function samplingText({ followsParent, ratio }: Sampling): string {
  if (!followsParent) return share(ratio, 'requests');
  return `requests that their caller samples, and ${share(ratio, 'requests without a traceparent')}`;
}

function share(ratio: number, requests: string): string {
  if (ratio === 0) return `no ${requests}`;
  return ratio === 1 ? `all ${requests}` : `a share of ${ratio} of all ${requests}`;
}
