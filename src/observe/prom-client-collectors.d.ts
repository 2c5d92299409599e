/**
 * @module
 * Declares the collectors that `prom-client` combines in `collectDefaultMetrics`. Its own declarations leave them out.
 */
declare module 'prom-client/lib/metrics/*.js' {
  import type { Registry } from 'prom-client';

  const collect: (registry: Registry) => void;
  export = collect;
}
