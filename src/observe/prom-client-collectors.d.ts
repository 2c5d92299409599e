/**
 * @module
 * The collectors that `prom-client` puts together in `collectDefaultMetrics`; its own declarations leave them out.
 */
declare module 'prom-client/lib/metrics/*.js' {
  import type { Registry } from 'prom-client';

  /** @param config milliseconds between two looks at the event loop, which only its collector reads */
  const collect: (registry: Registry, config: { readonly eventLoopMonitoringPrecision: number }) => void;
  export = collect;
}
