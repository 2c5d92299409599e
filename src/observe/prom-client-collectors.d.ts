/**
 * @module
 * Declares the collectors that `prom-client` combines in `collectDefaultMetrics`. Its own declarations leave them out.
 */
declare module 'prom-client/lib/metrics/*.js' {
  import type { Registry } from 'prom-client';

  /** @param config milliseconds between two samples of the event loop; only that collector reads it */
  const collect: (registry: Registry, config: { readonly eventLoopMonitoringPrecision: number }) => void;
  export = collect;
}
