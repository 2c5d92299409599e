/**
 * @module
 * Reports clients that were refused because `tls.clients` does not name them.
 */
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Milliseconds between two lines, since a refused Envoy connects again for each request. */
const interval = 60_000;

/** @param now milliseconds of a monotonic clock */
export function reportingClients(
  metrics: Pick<Metrics, 'clientRefused'>,
  log: Pick<Log, 'warn'>,
  now: () => number = () => performance.now(),
): (client: string | undefined) => void {
  let last = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (client) => {
    metrics.clientRefused();
    if (now() - last < interval) {
      suppressed++;
      return;
    }
    last = now();
    const code = 'extproc.unknown-client';
    const fields = { code, client, ...(suppressed === 0 ? {} : { suppressed }) } as const;
    log.warn('A client was refused because `tls.clients` has none of the names in its certificate.', fields);
    suppressed = 0;
  };
}
